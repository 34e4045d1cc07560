// Trains a workload's network the way a script does: statements of a session, `train n steps`.
import AdamData
import AdamIR
import AdamKit
import AdamLibrary
import AdamRuntime
import AdamSource
import CAllocationCount
import Synchronization

struct BenchError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// What the sessions print.
private final class Printed: Sendable {
  private let storage = Mutex<[UInt8]>([])
  func append(_ bytes: [UInt8]) { storage.withLock { $0 += bytes } }
  var text: String { storage.withLock { String(decoding: $0, as: UTF8.self) } }
}

/// Heap allocations of the steps of the last `train`. Training asks after every burst of steps whether
/// it is to stop, and bursts begin with one step, so at the fourth question at least four steps have
/// run, fifteen where they are short.
private final class LoopAllocations: Sendable {
  private static let firstQuestion = 4
  private let start = Atomic<UInt>(0)
  private let end = Atomic<UInt>(0)
  private let questions = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)

  func note(_ event: ProgressEvent) {
    switch event {
    case .trainStarted:
      questions.store(0, ordering: .relaxed)
      isRunning.store(true, ordering: .relaxed)
    case .trainEnded: isRunning.store(false, ordering: .relaxed)
    case .epoch: break
    }
  }

  func question() {
    guard isRunning.load(ordering: .relaxed) else { return }
    let count = adam_allocation_count()
    questions.add(1, ordering: .relaxed)
    if questions.load(ordering: .relaxed) == Self.firstQuestion { start.store(count, ordering: .relaxed) }
    end.store(count, ordering: .relaxed)
  }

  var count: Int {
    Int(clamping: end.load(ordering: .relaxed) &- start.load(ordering: .relaxed))
  }
}

/// A session with a model, data, loss and optimizer.
final class NetworkTraining {
  private let session: Session
  private let network: Network
  private let printed = Printed()
  private let loopAllocations = LoopAllocations()

  /// - Parameter folder: initial weights and data; nil: of `seed 0`.
  init(_ workload: Workload, _ network: Network, data: DataSet, threads: Int, folder: String?)
    throws
  {
    self.network = network
    let (printed, loopAllocations) = (printed, loopAllocations)
    session = .timed(
      threads: threads, write: { printed.append($0) }, progress: { loopAllocations.note($0) },
      isCancelled: {
        loopAllocations.question()
        return false
      })
    try session.complete(
      """
      seed 0
      \(network.definitions)
      model = seq(\(network.layers.joined(separator: ", ")))
      loss = \(network.loss)
      opt = \(network.optimizer)
      """)
    session.interpreter?.define("data", .data(data))
    if let folder { try setWeights("\(folder)/\(workload.rawValue)_init.bin") }
  }

  func train(_ steps: Int) throws { try session.complete("train \(steps) steps") }

  /// Trains up to the compared step; its loss.
  func loss(ofStep step: Int) throws -> Float {
    try session.complete("on step every \(step) { print \"{loss:.9g}\" }\ntrain \(step) steps")
    guard let line = printed.text.split(separator: "\n").last, let loss = Float(line) else {
      throw BenchError("no loss was printed")
    }
    return loss
  }

  /// What the calls of a step take at least.
  func callTimes(_ steps: Int) throws -> [CallTimes.Call] {
    guard let runtime = session.interpreter?.session.runtime else { return [] }
    let times = CallTimes()
    runtime.callTimes = times
    defer { runtime.callTimes = nil }
    try train(steps)
    return times.calls
  }

  /// Heap allocations of the steps behind the first ones of 1,010.
  func allocations() throws -> Int {
    // A first run: what is made once for good (a plan, the types of generic code) does not count.
    for _ in 0..<2 { try train(1_010) }
    return loopAllocations.count
  }

  /// The file has the parameters one behind the other.
  private func setWeights(_ path: String) throws {
    guard case .layer(let model)? = session.interpreter?.variable("model") else { return }
    var rest = try floats(path)[...]
    for (named, stored) in zip(model.namedParameters, network.weights) {
      guard let tensor = named.parameter.tensor, rest.count >= stored.count + stored.padding,
        tensor.elementCount == stored.count
      else { throw BenchError("\(path) does not fit the model") }
      tensor.write(floats: stored.arranged(Array(rest.prefix(stored.count))))
      rest = rest.dropFirst(stored.count + stored.padding)
    }
    if !rest.isEmpty { throw BenchError("\(path) is too long") }
  }
}

/// All of a file of f32.
func floats(_ path: String) throws -> [Float] {
  let size = try fileSize(path)
  return try [Float](unsafeUninitializedCapacity: size / 4) { buffer, count in
    try readFile(path, into: UnsafeMutableRawBufferPointer(buffer))
    count = size / 4
  }
}
