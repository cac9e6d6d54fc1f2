/// Why a program cannot start, in a sentence that says what to do.
public struct StartError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
