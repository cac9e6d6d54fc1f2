/// Asks a collector which workers it has.
enum PoolQuery {
    /// Arguments of condor_status. One partitionable slot stands for each worker; what is cut from it is left out.
    static let arguments = [
        "-startd", "-constraint", #"SlotType =!= "Dynamic""#, "-af", "Name",
    ]

    /// Workers, not slots: a slot's name is `<slot>@<worker>`.
    static func workers(in output: String) -> Int {
        Set(
            output.split(separator: "\n").map { line in
                line.firstIndex(of: "@").map { line[line.index(after: $0)...] } ?? line
            }
        ).count
    }
}
