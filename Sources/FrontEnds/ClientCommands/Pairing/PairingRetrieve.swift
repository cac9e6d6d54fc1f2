import ArgumentParser
import VC3Certificates
import VC3Model

struct PairingRetrieve: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "pairing-retrieve",
        """
        Fetch certificate and key by a code of the original's form, as vc3-infoclient --requestpairing prints it; once. Codes of \
        pairing-create are for 'vc3 enrol' and 'vc3 login', which make the key where it is used.
        """,
        example: "vc3-client pairing-retrieve factory2-QXNDAZ --certfile cert.pem --keyfile key.pem")

    @Argument(help: "The code.")
    var pairingcode: String
    @Option(help: "File for the certificate; with --keyfile. Without both: standard output.")
    var certfile: String?
    @Option(help: "File for the key, made with mode 0600.")
    var keyfile: String?

    var target: EntityKey? { nil }

    func perform(in session: ClientSession) async throws {
        guard !pairingcode.contains("/") else {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "this is an enrolment code",
                advice: "run vc3 login CODE as a person, or vc3 enrol CODE for a host or a part of VC3")
        }
        guard let (certificate, key) = try await session.connection.retrievePairing(pairingcode) else {
            return session.console.write("Pairing is not satisfied yet, or its code is not good. Retry in 30 seconds.")
        }
        guard let certfile, let keyfile else { return session.console.write(certificate + "\n\n" + key) }
        let home = session.surroundings.homeFolder
        do {
            // The key first: it is given out once.
            try SecretFile.write(
                key, to: LocalFile(named: keyfile, homeFolder: home).path, mode: 0o600, replacing: true)
            try SecretFile.write(
                certificate, to: LocalFile(named: certfile, homeFolder: home).path, mode: 0o644, replacing: true)
        } catch let error as CredentialError {
            throw ClientFailure(
                message: error.message,
                advice: "the code is used up; ask for a new pairing, and name files that can be written")
        }
    }
}
