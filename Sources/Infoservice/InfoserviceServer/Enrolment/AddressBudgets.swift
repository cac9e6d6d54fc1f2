import NIOConcurrencyHelpers
import NIOCore

/// How often each network address may still bring a code that is not good.
final class AddressBudgets: Sendable {
    /// One is forgiven every second, up to so many.
    static let rate = Rate(perSecond: 1, burst: 20)
    /// Beyond so many addresses, those that owe nothing are forgotten.
    private static let crowd = 10_000

    private let buckets = NIOLockedValueBox<[String: TokenBucket]>([:])

    /// Charges an address before it is listened to; ``forgive(_:)`` gives the charge back.
    ///
    /// - Returns: How long it has to wait; `nil` when it may go on.
    func take(for address: String) -> Duration? {
        bucket(address).take(at: Int64(NIODeadline.now().uptimeNanoseconds))
    }

    /// Its code was good.
    func forgive(_ address: String) { buckets.withLockedValue { $0[address] = nil } }

    private func bucket(_ address: String) -> TokenBucket {
        buckets.withLockedValue { buckets in
            if let known = buckets[address] { return known }
            if buckets.count >= Self.crowd {
                let now = Int64(NIODeadline.now().uptimeNanoseconds)
                buckets = buckets.filter { !$0.value.isFull(at: now) }
            }
            let new = TokenBucket(Self.rate)
            buckets[address] = new
            return new
        }
    }
}
