import Foundation

/// Whose files these are: `HOME`, as vc3-client and all shells go by it.
enum HomeFolder {
    static var path: String {
        let named = ProcessInfo.processInfo.environment["HOME"] ?? ""
        return named.isEmpty ? FileManager.default.homeDirectoryForCurrentUser.path : named
    }
}
