import ClientProgram
import Foundation

/// `vc3-client`.
@main
struct Program {
    static func main() async {
        exit(
            await ClientProgram.run(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment))
    }
}
