/// What a pilot was promised, and whether a node keeps it. A value: the same facts always lead to the same decision.
public struct NodePromise: Sendable, Hashable {
    public var cores: Int
    /// MiB; nil: any.
    public var memory: Int?
    /// MiB of scratch space; nil: any.
    public var disk: Int?
    /// When the pilot's token was made, in seconds since 1970 by the service's clock.
    public var tokenIssued: Int?

    /// How many seconds a clock may differ: less than any time that matters here, more than two machines usually differ.
    static let clockTolerance = 60
    /// A machine has a little less memory than its data sheet says: the kernel keeps some for itself.
    static let memoryShare = 0.9

    public init(cores: Int, memory: Int? = nil, disk: Int? = nil, tokenIssued: Int? = nil) {
        self.cores = cores
        self.memory = memory
        self.disk = disk
        self.tokenIssued = tokenIssued
    }

    init(_ options: GlideinOptions, tokenIssued: Int?) {
        self.init(
            cores: options.cores, memory: options.memory, disk: options.disk.map { $0 / 1024 },
            tokenIssued: tokenIssued)
    }

    /// The first thing that is not as promised; nil when all is. What is not known is taken for good.
    public func misfit(of facts: NodeFacts) -> NodeMisfit? {
        if let disk, let free = facts.disk, free < disk {
            return NodeMisfit(.diskShort, "\(facts.scratch) has \(free) MiB free, and \(disk) MiB were promised")
        }
        if let memory, let found = facts.memory, Double(found) < Double(memory) * Self.memoryShare {
            return NodeMisfit(
                .memoryShort, "a job here may use \(found) MiB of memory, and \(memory) MiB were promised")
        }
        if let found = facts.cores, found < cores {
            return NodeMisfit(.coresShort, "a job here may use \(found) cores, and \(cores) were promised")
        }
        if let tokenIssued, tokenIssued - facts.clock > Self.clockTolerance {
            return NodeMisfit(
                .clockWrong,
                "the node's clock is at least \(tokenIssued - facts.clock) s behind: the pilot's token was made later")
        }
        if let files = facts.fileClock, abs(files - facts.clock) > Self.clockTolerance {
            let side = files > facts.clock ? "behind" : "ahead of"
            return NodeMisfit(
                .clockWrong,
                "the node's clock is \(abs(files - facts.clock)) s \(side) that of the account's file server")
        }
        return nil
    }
}
