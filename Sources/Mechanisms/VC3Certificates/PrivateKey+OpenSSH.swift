import Crypto
import CryptoExtras
import Foundation
import SwiftASN1

extension PrivateKey {
    /// The public half as SSH writes it.
    ///
    /// - Parameter comment: Free text of one line that ends the public line; often who owns the key.
    /// - Throws: ``CredentialError`` `refused` for a comment with control characters, which could begin a second line.
    public func sshPublicKey(comment: String) throws -> SSHPublicKey {
        guard comment.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw CredentialError(.refused, "the comment of an SSH key must be one line without control characters")
        }
        var blob = SSHWireWriter()
        let type: String
        switch material {
        case .ed25519(let key):
            type = "ssh-ed25519"
            blob.append(string: type)
            blob.append(string: key.publicKey.rawRepresentation)
        case .p256(let key):
            type = "ecdsa-sha2-nistp256"
            blob.append(string: type)
            blob.append(string: "nistp256")
            blob.append(string: key.publicKey.x963Representation)
        case .p384(let key):
            type = "ecdsa-sha2-nistp384"
            blob.append(string: type)
            blob.append(string: "nistp384")
            blob.append(string: key.publicKey.x963Representation)
        case .rsa(let key):
            type = "ssh-rsa"
            let numbers = try RSANumbers(key)
            blob.append(string: type)
            blob.append(magnitude: numbers.publicExponent)
            blob.append(magnitude: numbers.modulus)
        }
        return SSHPublicKey(type: type, blob: blob.bytes, comment: comment)
    }

    /// The private key file as `ssh-keygen -N ""` writes it: unencrypted `openssh-key-v1` (OpenSSH's PROTOCOL.key).
    public func openSSHText(comment: String) throws -> String {
        let publicKey = try sshPublicKey(comment: comment)
        var secret = SSHWireWriter()
        // The same random number twice tells a reader that decryption succeeded; here nothing is encrypted.
        let check = UInt32.random(in: .min ... .max)
        secret.append(uint32: check)
        secret.append(uint32: check)
        secret.append(string: publicKey.type)
        switch material {
        case .ed25519(let key):
            let publicBytes = [UInt8](key.publicKey.rawRepresentation)
            secret.append(string: publicBytes)
            secret.append(string: [UInt8](key.rawRepresentation) + publicBytes)
        case .p256(let key):
            secret.append(string: "nistp256")
            secret.append(string: key.publicKey.x963Representation)
            secret.append(magnitude: key.rawRepresentation)
        case .p384(let key):
            secret.append(string: "nistp384")
            secret.append(string: key.publicKey.x963Representation)
            secret.append(magnitude: key.rawRepresentation)
        case .rsa(let key):
            let numbers = try RSANumbers(key)
            secret.append(magnitude: numbers.modulus)
            secret.append(magnitude: numbers.publicExponent)
            secret.append(magnitude: numbers.privateExponent)
            secret.append(magnitude: numbers.coefficient)
            secret.append(magnitude: numbers.prime1)
            secret.append(magnitude: numbers.prime2)
        }
        secret.append(string: comment)
        var padding: UInt8 = 1
        while secret.bytes.count % 8 != 0 {
            secret.append(raw: [padding])
            padding += 1
        }
        var file = SSHWireWriter()
        file.append(raw: Array("openssh-key-v1\0".utf8))
        file.append(string: "none")
        file.append(string: "none")
        file.append(string: "")
        file.append(uint32: 1)
        file.append(string: publicKey.blob)
        file.append(string: secret.bytes)
        let lines = Data(file.bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(lines)\n-----END OPENSSH PRIVATE KEY-----\n"
    }
}

/// The numbers of an RSA private key that SSH writes one by one (PKCS#1 `RSAPrivateKey`, RFC 8017, appendix A.1.2).
private struct RSANumbers {
    let modulus: ArraySlice<UInt8>
    let publicExponent: ArraySlice<UInt8>
    let privateExponent: ArraySlice<UInt8>
    let prime1: ArraySlice<UInt8>
    let prime2: ArraySlice<UInt8>
    let coefficient: ArraySlice<UInt8>

    init(_ key: _RSA.Signing.PrivateKey) throws {
        let numbers = try DER.sequence(DER.parse([UInt8](key.derRepresentation)), identifier: .sequence) { nodes in
            var numbers: [ArraySlice<UInt8>] = []
            while let node = nodes.next() { numbers.append(try ArraySlice<UInt8>(derEncoded: node)) }
            return numbers
        }
        guard numbers.count == 9 else { throw CredentialError(.malformed, "the RSA key has an unexpected form") }
        modulus = numbers[1]
        publicExponent = numbers[2]
        privateExponent = numbers[3]
        prime1 = numbers[4]
        prime2 = numbers[5]
        coefficient = numbers[8]
    }
}
