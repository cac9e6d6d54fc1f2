import Foundation
import VC3Testing

/// The built `credible`, which lies beside the program that runs the tests.
func credible(_ arguments: String...) async throws -> Tool.Outcome {
    try await Tool.run([try crediblePath()] + arguments)
}

func crediblePath() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "credible").path()
}

func mode(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}

func content(of path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
}
