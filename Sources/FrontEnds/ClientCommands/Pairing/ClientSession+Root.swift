import Foundation
import VC3Certificates

extension ClientSession {
    /// The one authority that this client trusts: whoever has a code will trust it too.
    func trustedRoot() throws -> CertificateDocument {
        let file = connection.trustedFile
        let chain: CertificateChain
        do {
            let data = try LocalFile(named: file, homeFolder: surroundings.homeFolder).contents()
            chain = try CertificateChain(pem: String(decoding: data, as: UTF8.self))
        } catch let error as CredentialError {
            throw ClientFailure(message: "chainfile '\(file)' cannot be used: \(error.message)")
        }
        let roots = chain.certificates.filter { $0.isSigned(by: $0) }
        guard roots.count == 1, let root = roots.first else {
            throw ClientFailure(
                message: "chainfile '\(file)' has \(roots.count) root certificates; a code names one",
                advice: "name a chainfile with that of the Infoservice alone")
        }
        return root
    }
}
