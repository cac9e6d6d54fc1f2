import SSHKeyReader

/// Public keys of SSH as lines, and the public half of private key files.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    for key in [try? SSHPublicKey(parsing: text), try? SSHPublicKey(openSSHPrivateText: text, comment: "c")] {
        guard let key else { continue }
        let again = try? SSHPublicKey(parsing: key.line)
        precondition(again?.blob == key.blob && again?.type == key.type && again?.comment == key.comment)
    }
    return 0
}
