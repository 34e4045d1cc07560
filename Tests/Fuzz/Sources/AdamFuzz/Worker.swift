// Runs a slice of the inputs in this process.
import AdamKit
import Foundation
import FuzzTrial

struct Worker {
  /// Seconds of processor time after which an input is named.
  static let slowSeconds = 2.0
  static let brokenStatus: Int32 = 9

  let options: FuzzOptions
  let stateFile: String

  init(_ options: FuzzOptions, stateFile: String) {
    self.options = options
    self.stateFile = stateFile
  }

  func run() {
    guard let state = SharedState(path: stateFile) else { exit(2) }
    for number in options.start..<options.start + options.count {
      let text = Worker.input(options.mode, options.seed, number)
      state.input = text
      state[.number] = number
      note(text, number, state)
    }
  }

  private func note(_ text: [UInt8], _ number: Int, _ state: SharedState) {
    let start = Worker.processorSeconds()
    // Programs are made to be run; of damaged bytes few are programs.
    let isProgram = options.mode == .programs
    let verdict = Trial.run(
      text, inPieces: isProgram || number % 8 == 0, comparesMachines: isProgram && number % 16 == 0)
    let seconds = Worker.processorSeconds() - start
    state[.done] += 1
    state[.statements] += verdict.statements
    state[.completedStatements] += verdict.completed
    if seconds > Worker.slowSeconds {
      state[.slow] += 1
      save(text, number, "slow", String(format: "%.1f s", seconds))
    }
    if let broken = verdict.broken {
      state[.broken] += 1
      save(text, number, "broken", broken)
    }
    switch verdict.outcome {
    case .completed: state[.completed] += 1
    case .nonFinite: state[.nonFinite] += 1
    case .interrupted: state[.interrupted] += 1
    default: break
    }
  }

  private func save(_ text: [UInt8], _ number: Int, _ kind: String, _ why: String) {
    Found.save(text, options, number, kind, why)
  }

  /// The input of a number: the same on every machine.
  static func input(_ mode: FuzzOptions.Mode, _ seed: UInt64, _ number: Int) -> [UInt8] {
    let mixed = seed << 40 ^ UInt64(number)
    switch mode {
    case .programs: return Array(ProgramGenerator.program(seed: mixed).utf8)
    case .syntax: return Array(SyntaxGenerator.program(seed: mixed).text.utf8)
    case .bytes: return ByteInput.bytes(seed: mixed)
    }
  }

  /// One input from a file; what the minimiser asks again and again.
  static func runOnce(_ file: String) -> Int32 {
    guard let data = FileManager.default.contents(atPath: file) else {
      print("error: cannot read \(file)")
      return 2
    }
    let start = processorSeconds()
    let verdict = Trial.run([UInt8](data), inPieces: true, comparesMachines: true)
    let seconds = processorSeconds() - start
    print("\(verdict.outcome.map { "\($0)" } ?? "not run"), \(seconds) s\(verdict.broken.map { ", broken: \($0)" } ?? "")")
    return verdict.broken != nil || seconds > slowSeconds ? brokenStatus : 0
  }

  static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Inputs that failed, as files.
enum Found {
  static func save(_ text: [UInt8], _ options: FuzzOptions, _ number: Int, _ kind: String, _ why: String) {
    let name = "\(options.folder)/\(kind)-\(options.mode.rawValue)-\(options.seed)-\(number).adam"
    try? Data(text).write(to: URL(fileURLWithPath: name))
    print("\(kind): \(why): \(name)")
    fflush(nil)
  }
}
