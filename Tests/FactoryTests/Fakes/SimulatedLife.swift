/// One life after the other: chaos, then calm until all is as wanted, then the end.
struct SimulatedLife: Sendable {
    /// What was wrong, each with the seed.
    var problems: [String]
    /// How often each fault happened.
    var counts: [Int]
    var log: [String]

    static func outcome(of seed: UInt64, isFollowed: Bool = false) async -> SimulatedLife {
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
    static func census(of seeds: some Sequence<UInt64>, telling: @Sendable (String) -> Void) async -> Census {
        var census = Census()
        await withTaskGroup(of: SimulatedLife.self) { group in
            var rest = seeds.makeIterator()
            for _ in 0..<8 { if let seed = rest.next() { group.addTask { await outcome(of: seed) } } }
            for await life in group {
                for problem in life.problems { telling(problem) }
                census.take(life)
                if let seed = rest.next() { group.addTask { await outcome(of: seed) } }
            }
        }
        return census
    }

    /// What many lives amount to.
    struct Census: Sendable {
        private(set) var lives = 0
        private(set) var failed = 0
        private var counts = [Int](repeating: 0, count: FakeFault.allCases.count)

        mutating func take(_ life: SimulatedLife) {
            lives += 1
            if !life.problems.isEmpty { failed += 1 }
            for (index, count) in life.counts.enumerated() { counts[index] += count }
        }

        /// How often each fault happened, in words.
        var told: String { FakeFault.allCases.map { "\($0) \(counts[$0.rawValue])" }.joined(separator: ", ") }
        /// Faults that never happened.
        var absent: [FakeFault] { FakeFault.allCases.filter { counts[$0.rawValue] == 0 } }
    }
}
