/// How what pilots share comes to a site.
enum Delivery: Sendable, Equatable {
    case none
    case wanted
    case underWay
    case failed(SiteFailure)
}

extension Site {
    /// Delivers whenever it is wanted, beside the turns. Meanwhile pilots can be submitted, and wait in the queue while
    /// a slow line brings what they need.
    func keepDelivering() async {
        while !Task.isCancelled {
            await deliverySignal.wait(atMost: nil)
            await deliverIfWanted()
        }
    }

    func deliverIfWanted() async {
        guard delivery == .wanted else { return }
        delivery = .underWay
        do {
            try await access.deliver()
            delivery = .none
        } catch {
            delivery = .failed(error)
        }
        signal.signal()
    }

    /// A delivery that failed is a failure of the site, and what was staged has to be looked at again.
    func takeDeliveryFailure() throws(SiteFailure) {
        guard case .failed(let failure) = delivery else { return }
        delivery = .none
        deliveryFailed = true
        epoch = nil
        throw failure
    }

    /// The first attempt goes on beside the turns. After a failure the turn waits for it, so that no pilot is submitted
    /// in vain.
    func arrangeDelivery() async throws(SiteFailure) {
        if deliveryFailed {
            try await access.deliver()
            deliveryFailed = false
        } else if delivery != .underWay {
            delivery = .wanted
            deliverySignal.signal()
        }
    }
}
