/// Asks a collector which workers it has.
enum PoolQuery {
    /// Arguments of condor_status. One partitionable slot stands for each worker; what is cut from it is left out.
    static let arguments = [
        "-startd", "-constraint", #"SlotType =!= "Dynamic""#, "-af", "Name",
    ]

    /// Workers, not slots: a slot is called `<worker>@vc3`, or `<slot>@<worker>@vc3` where a worker has several.
    static func workers(in output: String) -> Int {
        Set(output.split(separator: "\n").map { $0.split(separator: "@").suffix(2).joined(separator: "@") }).count
    }
}
