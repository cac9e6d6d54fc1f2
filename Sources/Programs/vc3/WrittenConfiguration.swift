import Enrolling
import Foundation
import VC3Certificates

/// The `vc3-client.conf` that `vc3 login` writes.
struct WrittenConfiguration {
    let path: String

    private static let mark = "# Written by vc3 login."

    /// - Throws: ``EnrolmentError`` `files` when there is one that somebody else wrote.
    func refuseAnothers() throws {
        guard let bytes = FileManager.default.contents(atPath: path),
            !String(decoding: bytes, as: UTF8.self).hasPrefix(Self.mark)
        else { return }
        throw EnrolmentError(
            .files,
            "'\(path)' is there already and was not written by vc3 login; move it away, or give another --folder")
    }

    /// - Parameter port: `nil` when the server has not told it: the usual one.
    func write(code: EnrolmentCode, port: Int?, _ files: PartyFiles) throws {
        let text = """
            \(Self.mark) Another login replaces it.
            [netcomm]
            chainfile = \(files.chain)
            certfile = \(files.certificate)
            keyfile = \(files.key)
            crlfile = \(files.folder)/crl.pem
            infohost = \(code.host)
            httpsport = \(port ?? 20_334)
            enrolment = \(code.host.contains(":") ? "[\(code.host)]" : code.host):\(code.port)

            """
        try SecretFile.write(text, to: path, mode: 0o644, replacing: true)
    }
}
