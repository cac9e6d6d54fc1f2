import Foundation
import Logging
import VC3Commands
import VC3Model

extension CredentialKeeper {
    /// Makes a proxy or token again if that is due. What failed is tried again after a minute, two, four and so on, up to ten: it is
    /// somebody's server.
    ///
    /// - Returns: How it does then; `nil` if its profile has become another meanwhile.
    func renewed(_ name: String, _ renewal: CredentialRenewal, _ before: CredentialState) async -> CredentialState? {
        var state = before
        guard isDue(state, renewal) else {
            failed[name] = nil
            return state
        }
        if let attempt = failed[name], clock.now() < attempt.next {
            state.trouble = attempt.trouble
            return state
        }
        let profile = profiles[name]
        var trouble = await renew(renewal)
        state.life = await Self.life(inFile: renewal.file, renewal.life) ?? state.life
        guard profiles[name] == profile else { return nil }
        if trouble == nil, isDue(state, renewal), let life = state.life {
            trouble =
                "the new one ends at \(life.end) already: what it is made from ends then, or lives shorter than minlife"
        }
        failed[name] = trouble.map { RenewalAttempt(after: failed[name], trouble: $0, at: clock.now()) }
        state.trouble = trouble
        return state
    }

    private func isDue(_ state: CredentialState, _ renewal: CredentialRenewal) -> Bool {
        guard let life = state.life else { return true }
        return life.end - clock.now() < renewal.leastLife
    }

    /// - Returns: Why there is no new one; `nil` when there is.
    private func renew(_ renewal: CredentialRenewal) async -> String? {
        let unfinished = renewal.file + ".new-" + String(UInt64.random(in: .min ... .max), radix: 36)
        defer { unlink(unfinished) }
        let command = renewal.command(unfinished)
        do {
            let result = try await runner.run(command)
            guard result.succeeded else {
                throw VC3Error(
                    .unavailable, "\(renewal.program) failed: \(ProxyRenewal.words(of: result))")
            }
            guard let life = await Self.life(inFile: unfinished, renewal.life), life.end > clock.now()
            else {
                throw VC3Error(.invalid, "\(renewal.program) made no \(renewal.name) that can be used")
            }
            guard chmod(unfinished, 0o600) == 0, rename(unfinished, renewal.file) == 0 else {
                throw VC3Error(.invalid, "'\(renewal.file)' cannot be replaced: \(String(cString: strerror(errno)))")
            }
            logger.notice(
                "a \(renewal.name) was renewed", metadata: ["file": "\(renewal.file)", "ends": "\(life.end)"])
            return nil
        } catch {
            let reason = (error as? VC3Error)?.message ?? "\(error)"
            logger.warning(
                "a \(renewal.name) was not renewed", metadata: ["file": "\(renewal.file)", "reason": "\(reason)"])
            return reason
        }
    }
}
