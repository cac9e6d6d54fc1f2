import Foundation
import InfoserviceAPI
@testable import InfoserviceServer
import InfoserviceClient
import Testing
import VC3Model
import VC3Testing

@Suite(.timeLimit(.minutes(5)))
struct LimitsTests {
    @Test func aBucketGivesItsBurstThenItsRate() {
        let bucket = TokenBucket(Rate(perSecond: 10, burst: 3))
        var now: Int64 = 5_000_000_000
        #expect((0..<3).allSatisfy { _ in bucket.take(at: now) == nil })
        #expect(bucket.take(at: now) == .milliseconds(100))
        now += 99_000_000
        #expect(bucket.take(at: now) == .milliseconds(1))
        now += 1_000_000
        #expect(bucket.take(at: now) == nil)
        #expect(bucket.take(at: now) != nil)
        now += 3_600_000_000_000
        #expect((0..<3).allSatisfy { _ in bucket.take(at: now) == nil }, "a long rest fills it, and no more than that")
        #expect(bucket.take(at: now) != nil)
    }

    @Test func manyTakersGetNoMoreThanThereIs() async {
        let bucket = TokenBucket(Rate(perSecond: 1, burst: 100))
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<50).count { _ in bucket.take(at: 1_000_000_000) == nil } } }
            return await group.reduce(0, +)
        }
        #expect(taken == 100)
    }

    @Test func whoAsksTooMuchHearsWhenToComeAgain() async throws {
        let limits = RequestLimits(
            reads: Rate(perSecond: 1, burst: 20), writes: Rate(perSecond: 1, burst: 2), watches: 2)
        try await withStore { store in
            try await withRunningInfoservice(on: store, limits: limits) { running in
                let hasty = Timeouts(connect: .seconds(30), answer: .seconds(30), attempts: 1, resume: .zero)
                let ana = try await running.client(.ana, timeouts: hasty)
                let refusals: [VC3Error] = await withTaskGroup(of: VC3Error?.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            do { _ = try await ana.create(.sampleNodeinfo("n\(number)")) } catch {
                                return error as? VC3Error
                            }
                            return nil
                        }
                    }
                    return await group.reduce(into: []) { if let error = $1 { $0.append(error) } }
                }
                #expect(refusals.count > 10 && refusals.count <= 38, "\(refusals.count) of 40")
                #expect(
                    refusals.allSatisfy { $0.code.rawValue == "too-many-requests" && $0.message.contains("user ana") })
                _ = try await running.client(.ben).create(.sampleNodeinfo("of-ben"))

                let watches = try await [ana.watch([.user], after: .zero), ana.watch([.user], after: .zero)]
                let third = await #expect(throws: VC3Error.self) { _ = try await ana.watch([.user], after: .zero) }
                #expect(third?.message.contains("watches") == true)
                await #expect(throws: VC3Error.self) { for _ in 0..<200 { _ = try await ana.records(.nodeinfo) } }
                let factory = try await running.client(.factory)
                for _ in 0..<20 { _ = try await factory.records(.nodeinfo) }
                withExtendedLifetime(watches) {}
            }
        }
    }

    @Test func aWatchThatEndsGivesItsPlaceBack() async throws {
        try await withStore(heartbeat: .milliseconds(50)) { store in
            try await withRunningInfoservice(on: store, limits: RequestLimits(reads: nil, writes: nil, watches: 1)) {
                running in
                let client = try await running.client(.ana, timeouts: Timeouts(attempts: 1, resume: .zero))
                for _ in 0..<3 {
                    while true {
                        do {
                            let watch = try await client.watch([.user], after: .zero)
                            _ = try await watch.first { _ in true }
                            break
                        } catch let error as VC3Error where error.code.rawValue == "too-many-requests" {
                            // The server has not noticed yet that the one before has gone.
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                }
            }
        }
    }
}
