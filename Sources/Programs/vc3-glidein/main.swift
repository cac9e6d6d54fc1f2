import Glibc
import Glidein

exit(GlideinProgram.run(arguments: Array(CommandLine.arguments.dropFirst())))
