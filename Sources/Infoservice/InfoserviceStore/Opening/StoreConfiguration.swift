/// All that opening a store needs to know.
public struct StoreConfiguration: Sendable {
    public var location: StoreLocation
    /// The file with the keys of sealed secrets; made at the first start. `nil`: a key that lives as long as the
    /// process, which only ``StoreLocation/memory`` may have.
    public var keyFile: String?
    public var retention: Retention
    /// How often a watch without events says that it lives.
    public var heartbeat: Duration
    /// Whether an unreadable dump file is set aside and an empty store begun; otherwise opening is refused.
    /// Of no meaning to plugins other than ``StoreLocation/diskDump(path:)``.
    public var isBegunAnewWhenUnreadable: Bool

    public init(
        _ location: StoreLocation, keyFile: String?, retention: Retention = Retention(),
        heartbeat: Duration = .seconds(10), isBegunAnewWhenUnreadable: Bool = false
    ) {
        self.location = location
        self.keyFile = keyFile
        self.retention = retention
        self.heartbeat = heartbeat
        self.isBegunAnewWhenUnreadable = isBegunAnewWhenUnreadable
    }
}
