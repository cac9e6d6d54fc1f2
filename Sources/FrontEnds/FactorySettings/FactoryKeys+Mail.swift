public import FactoryMonitors
import VC3Daemon
import VC3Monitoring

extension FactoryKeys.Mail {
    /// How mails go to the administrators; `nil`: none do.
    ///
    /// - Parameters:
    ///   - sender: Whom they come from, `name@host`.
    ///   - name: What the factory is called.
    ///   - file: Where it is kept which were sent, in a folder that exists.
    /// - Throws: ``StartError`` naming the key with a value that cannot be used.
    public func settings(sender: String, name: String, keptIn file: String) throws -> AdminMailSettings? {
        guard let server, !recipients.isEmpty else { return nil }
        for address in recipients where !MailMessage.isAddress(address) {
            throw StartError(
                "factoryAdminEmail: '\(address)' is not an address; give name@host, with commas between several")
        }
        guard MailServer.isAddress(server) else {
            throw StartError("factorySMTPServer: '\(server)' is not a mail server; give HOST or HOST:PORT")
        }
        return AdminMailSettings(
            recipients: recipients, sender: sender, server: MailServer(address: server), name: name,
            repeatInterval: repeatInterval, throttle: MailThrottleFile(path: file))
    }
}
