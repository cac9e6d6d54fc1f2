import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct SecretFileTests {
    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func modeDoesNotDependOnTheUmask() async throws {
        try await withScratchPath { directory in
            try SecretFile.write("s", to: directory + "/key", replacing: false)
            try SecretFile.write("c", to: directory + "/cert", mode: 0o444, replacing: false)
            try SecretFile.write("w", to: directory + "/wide", mode: 0o666, replacing: false)
            #expect(try mode(of: directory + "/key") == 0o400)
            #expect(try mode(of: directory + "/cert") == 0o444)
            #expect(try mode(of: directory + "/wide") == 0o666)
        }
    }

    @Test func existingFileStaysUnlessReplaced() async throws {
        try await withScratchPath { directory in
            let path = directory + "/key"
            try SecretFile.write("one", to: path, replacing: false)
            let error = #expect(throws: CredentialError.self) {
                try SecretFile.write("two", to: path, replacing: false)
            }
            #expect(error?.code == .exists)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            try SecretFile.write("three", to: path, replacing: true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "three")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key"])
        }
    }

    @Test func failureNamesThePathAndNothingOfTheContent() async throws {
        try await withScratchPath { directory in
            let error = #expect(throws: CredentialError.self) {
                try SecretFile.write("hunter2", to: directory + "/none/key", replacing: false)
            }
            #expect(error?.code == .system(ENOENT))
            #expect(error?.message == "cannot create a file in '\(directory)/none': No such file or directory")
        }
    }

    @Test func directoriesAreMadePrivateAllTheWayDown() async throws {
        try await withScratchPath { directory in
            try SecretFile.makeDirectory(directory + "/a/b")
            try SecretFile.makeDirectory(directory + "/a/b")
            #expect(try mode(of: directory + "/a") == 0o700)
            #expect(try mode(of: directory + "/a/b") == 0o700)
        }
    }

    @Test func leftoversOfInterruptedWritesAreRemovedAndNothingElse() async throws {
        try await withScratchPath { directory in
            try SecretFile.write("one", to: directory + "/key", replacing: false)
            try SecretFile.write("half", to: directory + "/.unfinished.key.1a", replacing: false)
            try SecretFile.removeUnfinished(in: directory)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key"])
        }
    }
}
