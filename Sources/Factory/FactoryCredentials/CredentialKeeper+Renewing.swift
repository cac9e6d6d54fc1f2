import Foundation
import Logging
import VC3Commands
import VC3Model

extension CredentialKeeper {
    /// Makes a proxy again if that is due. What failed is tried again after a minute, two, four and so on, up to ten: it is
    /// somebody's server.
    ///
    /// - Returns: How the proxy does then; `nil` if its profile has become another meanwhile.
    func renewed(_ name: String, _ proxy: ProxyProfile, _ before: CredentialState) async -> CredentialState? {
        var state = before
        guard isDue(state, proxy) else {
            failed[name] = nil
            return state
        }
        if let attempt = failed[name], clock.now() < attempt.next {
            state.trouble = attempt.trouble
            return state
        }
        let profile = profiles[name]
        var trouble = await renew(proxy)
        state.life = await Self.life(inFile: proxy.file, CredentialLife.init(proxy:)) ?? state.life
        guard profiles[name] == profile else { return nil }
        if trouble == nil, isDue(state, proxy), let life = state.life {
            trouble =
                "the new one ends at \(life.end) already: what it is made from ends then, or lives shorter than minlife"
        }
        failed[name] = trouble.map { RenewalAttempt(after: failed[name], trouble: $0, at: clock.now()) }
        state.trouble = trouble
        return state
    }

    private func isDue(_ state: CredentialState, _ proxy: ProxyProfile) -> Bool {
        guard let life = state.life else { return true }
        return life.end - clock.now() < proxy.leastLife
    }

    /// - Returns: Why there is no new one; `nil` when there is.
    private func renew(_ proxy: ProxyProfile) async -> String? {
        let unfinished = proxy.file + ".new-" + String(UInt64.random(in: .min ... .max), radix: 36)
        defer { unlink(unfinished) }
        let command = ProxyRenewal.command(for: proxy, into: unfinished)
        do {
            let result = try await runner.run(command)
            guard result.succeeded else {
                throw VC3Error(
                    .unavailable, "\(command.arguments[4]) failed: \(ProxyRenewal.words(of: result))")
            }
            guard let life = await Self.life(inFile: unfinished, CredentialLife.init(proxy:)), life.end > clock.now()
            else {
                throw VC3Error(.invalid, "\(command.arguments[4]) made no proxy that can be used")
            }
            guard chmod(unfinished, 0o600) == 0, rename(unfinished, proxy.file) == 0 else {
                throw VC3Error(.invalid, "'\(proxy.file)' cannot be replaced: \(String(cString: strerror(errno)))")
            }
            logger.notice("a proxy was renewed", metadata: ["file": "\(proxy.file)", "ends": "\(life.end)"])
            return nil
        } catch {
            let reason = (error as? VC3Error)?.message ?? "\(error)"
            logger.warning("a proxy was not renewed", metadata: ["file": "\(proxy.file)", "reason": "\(reason)"])
            return reason
        }
    }
}
