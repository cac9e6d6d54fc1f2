/// One life after the other: chaos, then calm until all is as wanted, then the end.
struct SimulatedLife: Sendable {
    /// What lives.
    enum Cast: String, CaseIterable, Sendable {
        /// One Factory, told what is wanted, at all sites.
        case one
        /// Several, with an Infoservice, that share the sites.
        case several

        /// What goes wrong in its lives.
        var faults: [FakeFault] { self == .one ? FakeFault.ofSites : FakeFault.allCases }
    }

    /// What was wrong, each with the seed.
    var problems: [String]
    /// How often each fault happened.
    var counts: [Int]
    var log: [String]

    static func outcome(of seed: UInt64, _ cast: Cast, isFollowed: Bool = false) async -> SimulatedLife {
        switch cast {
        case .one: await one(seed, isFollowed)
        case .several: await several(seed, isFollowed)
        }
    }

    private static func several(_ seed: UInt64, _ isFollowed: Bool) async -> SimulatedLife {
        let run = SharedSimulation(seed: seed, isFollowed: isFollowed)
        await run.start()
        await run.chaos(steps: 150)
        await run.calm()
        await run.end()
        return SimulatedLife(
            problems: await run.problems.map { "VC3_SEED=\(seed): \($0)" }, counts: await run.counts, log: await run.log
        )
    }

    private static func one(_ seed: UInt64, _ isFollowed: Bool) async -> SimulatedLife {
        let run = Simulation(seed: seed, isFollowed: isFollowed)
        await run.start()
        await run.chaos(steps: 150)
        await run.calm()
        await run.end()
        return SimulatedLife(
            problems: await run.problems.map { "VC3_SEED=\(seed): \($0)" }, counts: await run.counts, log: await run.log
        )
    }

    /// Eight at a time, as far as there are processors.
    static func census(
        of seeds: some Sequence<UInt64>, _ cast: Cast, telling: @Sendable (String) -> Void
    ) async -> Census {
        var census = Census(cast: cast)
        await withTaskGroup(of: SimulatedLife.self) { group in
            var rest = seeds.makeIterator()
            for _ in 0..<8 { if let seed = rest.next() { group.addTask { await outcome(of: seed, cast) } } }
            for await life in group {
                for problem in life.problems { telling(problem) }
                census.take(life)
                if let seed = rest.next() { group.addTask { await outcome(of: seed, cast) } }
            }
        }
        return census
    }

    /// What many lives amount to.
    struct Census: Sendable {
        let cast: Cast
        private(set) var lives = 0
        private(set) var failed = 0
        private var counts = [Int](repeating: 0, count: FakeFault.allCases.count)

        init(cast: Cast) { self.cast = cast }

        mutating func take(_ life: SimulatedLife) {
            lives += 1
            if !life.problems.isEmpty { failed += 1 }
            for (index, count) in life.counts.enumerated() { counts[index] += count }
        }

        /// How often each fault happened, in words.
        var told: String { cast.faults.map { "\($0) \(counts[$0.rawValue])" }.joined(separator: ", ") }
        /// Faults that never happened.
        var absent: [FakeFault] { cast.faults.filter { counts[$0.rawValue] == 0 } }
    }
}
