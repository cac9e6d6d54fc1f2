/// Where a command's output goes. Texts are whole lines without their newline.
public struct Console: Sendable {
    /// Results, and the `Error: …` line that scripts of the original look for.
    public var write: @Sendable (String) -> Void
    /// Progress, notes and usage errors.
    public var note: @Sendable (String) -> Void
    /// Columns of the terminal; `nil` when nobody looks, so that nothing is shortened.
    public var width: Int?

    public init(
        write: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void, width: Int? = nil
    ) {
        self.write = write
        self.note = note
        self.width = width
    }
}
