import Foundation
import HTCondorPool

/// What a pilot of a queue of a file finds in its folder: nothing, if HTCondor brings its program along.
enum QueueFiles {
    static func files(for job: FileQueue.Job, at place: PilotPlace) -> [PilotFile] {
        guard case .command(let command) = job else { return [] }
        // HTCondor's names for what tells one pilot from others.
        let pilot = place.folder.split(separator: "/").last.map(String.init) ?? ""
        func own(_ text: String) -> String {
            text.replacing("$(Cluster)", with: pilot).replacing("$(Process)", with: "0")
        }
        var program = command.executable
        var files: [PilotFile] = []
        if let brought = command.program {
            // As text: it goes through a shell.
            files.append(
                PilotFile(
                    name: "program",
                    content: Data(brought.content).base64EncodedString(options: [
                        .lineLength76Characters, .endLineWithLineFeed,
                    ])
                )
            )
            program = "./" + (command.executable.split(separator: "/").last.map(String.init) ?? "program")
        }
        var script = PlainPilotScript(
            pilotDirectory: place.folder, spool: place.spool, command: [program] + command.arguments.map(own))
        script.program = command.program == nil ? nil : place.folder + "/program"
        script.environment = command.environment.map { ($0.name, own($0.value)) }
        files.append(PilotFile(name: "pilot.sh", content: script.rendered()))
        return files
    }
}
