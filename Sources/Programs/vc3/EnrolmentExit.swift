import ArgumentParser
import Enrolling
import Foundation

/// How `vc3 enrol` and `vc3 login` end when they fail.
enum EnrolmentExit {
    static let explanation = """
        Interrupted anywhere, the same command again goes on where it was. Exit codes: 0 done; 1 a file is in the way or \
        cannot be read or written; 2 the command line or the code is wrong; 3 the code is not good (any more); 4 whoever \
        answers is not the Infoservice that the code is about, and was told nothing; 5 nobody answers, or not yet.
        """

    /// Says why on standard error.
    static func ending(_ command: String, _ error: any Error) -> any Error {
        FileHandle.standardError.write(Data("vc3 \(command): \(error)\n".utf8))
        guard let error = error as? EnrolmentError else { return ExitCode(1) }
        switch error.code {
        case .files: return ExitCode(1)
        case .unusableCode: return ExitCode(2)
        case .refused: return ExitCode(3)
        case .untrusted: return ExitCode(4)
        case .unavailable: return ExitCode(5)
        }
    }
}
