import VC3Model

/// What a system says (strerror(3) in the C locale) when an account's home takes no files, and what that means.
struct HomeTrouble: Sendable {
    let text: String
    let reason: String
    let advice: String
    let mender: Condition.Mender

    /// The first that occurs decides.
    static let all = [
        HomeTrouble(
            text: "No space left on device", reason: "DiskFull", advice: "free some space in the account's home",
            mender: .user),
        HomeTrouble(
            text: "Disk quota exceeded", reason: "DiskFull",
            advice: "the account's quota is used up: free some space in its home", mender: .user),
        HomeTrouble(
            text: "Read-only file system", reason: "HomeReadOnly",
            advice: "the account's home is read-only there: ask the site, and wait until it can be written again",
            mender: .operator),
        // ${HOME:?}: "HOME: parameter not set or null" (dash), "HOME: parameter null or not set" (bash)
        HomeTrouble(
            text: "HOME: parameter", reason: "HomeMissing", advice: "the account has no home there: ask the site",
            mender: .operator),
        HomeTrouble(
            text: "Permission denied", reason: "HomeNotWritable",
            advice: "the account's home is not there or may not be written: ls -ld ~ tells", mender: .user),
    ]

    static func found(in words: String) -> HomeTrouble? { all.first { words.contains($0.text) } }
}
