// Starts workers on slices of the inputs, watches them, and starts them anew behind an input that ended one.
import AdamKit
import Foundation

final class Supervisor {
  /// Seconds on the clock after which a worker that stays at one input is ended.
  private static let patience = 60.0

  private struct Slice {
    var child: Child?
    var state: SharedState
    var stateFile: String
    var next: Int
    let end: Int
    var number = -1
    var since = 0.0
  }

  private let options: FuzzOptions
  private var slices: [Slice] = []
  private var failures = 0
  private let start = StandardHost.now()

  init(_ options: FuzzOptions) { self.options = options }

  /// 0 when every input kept every promise, else 1.
  func run() -> Int32 {
    try? FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
    makeSlices()
    var reported = StandardHost.now()
    while true {
      var running = 0
      for index in slices.indices where watch(index) { running += 1 }
      if running == 0 { break }
      if StandardHost.now() - reported > 60 {
        report()
        reported = StandardHost.now()
      }
      usleep(100_000)
    }
    report()
    let found = failures + total(.broken) + total(.slow)
    return found == 0 ? 0 : 1
  }

  private func makeSlices() {
    let size = (options.count + options.jobs - 1) / options.jobs
    for job in 0..<options.jobs {
      let first = options.start + job * size
      let last = min(options.start + options.count, first + size)
      let file = "\(options.folder)/state-\(options.mode.rawValue)-\(options.seed)-\(job)"
      try? FileManager.default.removeItem(atPath: file)
      guard first < last, let state = SharedState(path: file) else { continue }
      slices.append(Slice(child: nil, state: state, stateFile: file, next: first, end: last))
      launch(slices.count - 1)
    }
  }

  private func launch(_ index: Int) {
    let slice = slices[index]
    slice.state[.number] = -1
    slices[index].number = -1
    slices[index].since = StandardHost.now()
    slices[index].child = slice.next >= slice.end ? nil : Child([
      "--worker", slice.stateFile, "--mode", options.mode.rawValue, "--seed", "\(options.seed)",
      "--start", "\(slice.next)", "--count", "\(slice.end - slice.next)", "--out", options.folder,
    ])
  }

  /// False when the slice is done.
  private func watch(_ index: Int) -> Bool {
    guard let child = slices[index].child else { return false }
    let number = slices[index].state[.number]
    if number != slices[index].number {
      slices[index].number = number
      slices[index].since = StandardHost.now()
    } else if StandardHost.now() - slices[index].since > Supervisor.patience {
      child.kill()
    }
    guard let status = child.ended() else { return true }
    if status == 0 {
      slices[index].child = nil
      try? FileManager.default.removeItem(atPath: slices[index].stateFile)
      return false
    }
    failures += 1
    let last = slices[index].state[.number]
    Found.save(slices[index].state.input, options, last, "crash", "ended with \(status)")
    slices[index].next = max(last, slices[index].next) + 1
    launch(index)
    return true
  }

  private func total(_ word: SharedState.Word) -> Int { slices.reduce(0) { $0 + $1.state[word] } }

  private func report() {
    let seconds = Int(StandardHost.now() - start)
    print(
      "\(options.mode.rawValue) seed \(options.seed): \(total(.done)) inputs in \(seconds) s: \(total(.completed)) ran to "
        + "their end, \(total(.completedStatements)) of \(total(.statements)) statements did, \(total(.nonFinite)) met numbers that are not finite, \(total(.interrupted)) used up their time; "
        + "\(failures) crashes, \(total(.broken)) broken promises, \(total(.slow)) slow")
    fflush(nil)
  }
}
