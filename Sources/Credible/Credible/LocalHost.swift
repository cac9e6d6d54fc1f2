import Foundation

/// What this machine calls itself.
public enum LocalHost {
    /// The full host name if the machine knows it, else the short one.
    ///
    /// - Throws: ``CredibleError`` `name` when the machine has no name.
    public static func name() throws -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0, buffer[0] != 0 else {
            throw CredibleError(.name, "this machine has no host name; give one on the command line")
        }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if name.contains(".") { return name }
        guard let full = canonicalName(of: name), full.hasPrefix(name + ".") else { return name }
        return full
    }

    private static func canonicalName(of name: String) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        var result: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &result) == 0 else { return nil }
        defer { freeaddrinfo(result) }
        return result.flatMap { $0.pointee.ai_canonname }.map { String(cString: $0) }
    }
}
