/// Where a piece of configuration was written.
public struct INIOrigin: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `file:line`, the form that editors open.
    public var description: String { "\(file):\(line)" }
}
