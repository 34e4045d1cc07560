// How a training run looks on stderr: one redrawn row on a terminal, whole lines elsewhere.
import AdamKit
import AdamREPL
import Synchronization

/// Turns progress events into text. Shared with the host's closure, hence the lock.
final class ProgressOutput: Sendable {
  private struct State {
    var total = 0
    var unit = "epochs"
    var started = 0.0
    var lastDrawn = 0.0
    var firstLoss: Double?
    var rowIsDrawn = false
  }
  private let state = Mutex(State())
  private let mode: ProgressChoice
  private let showsTimes: Bool
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void

  /// `mode` is never `auto`. `showsTimes` false leaves out everything that differs between runs.
  init(
    mode: ProgressChoice, showsTimes: Bool, now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.mode = mode
    self.showsTimes = showsTimes
    self.now = now
    self.write = write
  }

  func show(_ event: ProgressEvent) {
    guard mode != .none else { return }
    state.withLock { state in
      switch event {
      case .trainStarted(let header): begin(header, &state)
      case .epoch(let index, let total, let loss, let validation, _):
        epoch(index, total, loss, validation, &state)
      case .trainEnded(let summary): end(summary, &state)
      }
    }
  }

  /// Removes the live row so that something else can be printed.
  func clearRow() {
    state.withLock { state in
      if state.rowIsDrawn { write("\r\u{1B}[2K") }
      state.rowIsDrawn = false
    }
  }

  private func begin(_ header: ProgressEvent.TrainHeader, _ state: inout State) {
    state = State(total: header.total, unit: header.unit, started: now())
    state.lastDrawn = state.started + 0.2
    guard mode == .plain else { return }
    let perEpoch = header.unit == "epochs" ? " × \(counted(header.stepsPerEpoch, "step"))" : ""
    let unit = header.total == 1 ? String(header.unit.dropLast()) : header.unit
    write(
      "train: \(header.total) \(unit)\(perEpoch), \(counted(header.examples, "example")), "
        + "\(counted(header.parameters, "parameter")), seed \(header.seed)\n")
  }

  private func epoch(
    _ index: Int, _ total: Int, _ loss: Double, _ validation: Double?, _ state: inout State
  ) {
    if state.firstLoss == nil { state.firstLoss = loss }
    let tail = validation.map { "  val \(fixed($0, 6))" } ?? ""
    if mode == .plain {
      let stride = max(1, (total + 9) / 10)
      guard index % stride == 0 else { return }
      let width = String(total).count
      let number = String(repeating: " ", count: width - String(index).count) + String(index)
      write("train: epoch \(number)/\(total)  loss \(fixed(loss, 6))\(tail)\n")
    } else {
      let time = now()
      guard time - state.lastDrawn >= 0.1 else { return }
      state.lastDrawn = time
      state.rowIsDrawn = true
      write("\r\u{1B}[2K" + row(index, total, loss, validation, time - state.started))
    }
  }

  /// Fits one row: the validation loss goes first when there is no room, then the bar.
  private func row(
    _ index: Int, _ total: Int, _ loss: Double, _ validation: Double?, _ elapsed: Double
  ) -> String {
    let width = Terminal.width(of: 2) - 1
    let head = "train  \(index)/\(total) "
    let time = clock(elapsed) + (index > 1 ? " < " + clock(elapsed / Double(index) * Double(total - index)) : "")
    let lossText = " loss \(fixed(loss, 4))"
    let tails = [
      lossText + (validation.map { "  val \(fixed($0, 4))" } ?? "") + "  " + time, lossText + "  " + time, lossText,
    ]
    let tail = tails.first { head.count + $0.count <= width } ?? ""
    let room = min(30, width - head.count - tail.count - 3)
    guard room >= 4 else { return String((head + tail).prefix(width)) }
    let filled = total > 0 ? room * index / total : 0
    let bar = String(repeating: "█", count: filled) + String(repeating: " ", count: room - filled)
    return head + "▕" + bar + "▏" + tail
  }

  private func end(_ summary: ProgressEvent.TrainSummary, _ state: inout State) {
    if state.rowIsDrawn { write("\r\u{1B}[2K") }
    state.rowIsDrawn = false
    let steps = "\(grouped(summary.steps)) step\(summary.steps == 1 ? "" : "s")"
    let time = showsTimes ? " in \(duration(summary.seconds))" : ""
    var parts = ["trained \(summary.epochs) epoch\(summary.epochs == 1 ? "" : "s") (\(steps))\(time)"]
    if let first = summary.losses.first, let last = summary.losses.last {
      parts.append("loss \(significant(first)) → \(significant(last))")
    }
    if showsTimes && summary.seconds > 0 {
      parts.append("\(rate(Double(summary.examples) * Double(summary.epochs) / summary.seconds)) ex/s")
    }
    parts.append("seed \(summary.seed)")
    parts.append(summary.stopped == "interrupted" ? "interrupted, weights kept" : summary.stopped)
    // Not `joined`: the first time it looks up conformances, 60 µs of a start.
    write(parts.dropFirst().reduce(parts[0]) { $0 + " · " + $1 } + "\n")
  }
}
