import Credible
import VC3Certificates
import VC3Configuration

/// Configurations of Credible: whatever is taken keeps its promises.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let document = try? INIDocument(parsing: text, file: "credible.conf") else { return 0 }
    guard let loaded = try? CredibleSettings.load(document, homeDirectory: "/home/ana")
    else { return 0 }
    let settings = loaded.settings
    precondition(settings.vardir.map { !$0.isEmpty && !$0.hasPrefix("~") } ?? true)
    precondition(settings.policy.lifetime >= .seconds(120))
    precondition(settings.policy.sshAuthorityKey == settings.sshKey)
    precondition(settings.policy.site.country.map { $0.utf8.count == 2 } ?? true)
    if case .file(let path) = settings.keyPassphrase { precondition(path.hasPrefix("/")) }
    _ = settings.storage()
    return 0
}
