// adam-fuzz: gives the library inputs that nobody would write, and reports traps, hangs and broken promises.
import Glibc

do {
  let options = try FuzzOptions(Array(CommandLine.arguments.dropFirst()))
  switch options.role {
  case .supervisor: exit(Supervisor(options).run())
  case .worker(let stateFile): Worker(options, stateFile: stateFile).run()
  case .run(let file): exit(Worker.runOnce(file))
  case .minimise(let file): exit(Minimiser(file).run())
  case .show:
    for number in options.start..<options.start + options.count {
      print(String(decoding: Worker.input(options.mode, options.seed, number), as: UTF8.self))
    }
  case .help: print(FuzzOptions.help)
  }
} catch {
  print("error: \(error.message)\n\(FuzzOptions.help)")
  exit(2)
}
