import DenatureCommands
import Foundation

// Everything is in DenatureCommands, so that tests reach it.
exit(await CommandLineProgram.run(Array(CommandLine.arguments.dropFirst())))
