// Many training steps in one go: no allocation, lock, reference count or callback in between.
import AdamIR

/// How a run of steps ended. `completed` steps were updated; when it is less than asked for, the
/// next step's loss was not finite and nothing of that step was updated.
package struct StepOutcome: Hashable, Sendable {
  package var completed: Int
  package var nonFiniteLoss: Float?
  package init(completed: Int, nonFiniteLoss: Float?) {
    self.completed = completed
    self.nonFiniteLoss = nonFiniteLoss
  }
}

/// A plan of a training step with the sources of its inputs. One caller at a time.
///
/// A step is: copy the batch's rows and the step's scalars into the plan's parameters; all that changes nothing for
/// good; look at the loss; the updates and what draws. Cancelling and hooks come between two runs.
package final class StepRunner {
  package let plan: Plan
  private var feeds: [Feed] = []
  /// Tensors that feeds read or write.
  private var kept: [Tensor] = []
  /// Rows that every fed source has; nil without feeds by row.
  private var rowCount: Int?
  private var batch = 0

  package init(_ plan: Plan) { self.plan = plan }

  fileprivate struct Feed {
    var target: UnsafeMutableRawPointer
    var source: UnsafeMutableRawPointer
    /// Bytes of one row.
    var stride: Int
    /// Rows of the order per step; 0: one row per step, by the number of the step.
    var batch: Int
  }

  // MARK: Sources

  /// Before each step, the rows that the order names go from `source` [rows, …] into the parameter
  /// [batch, …].
  package func feedRows(_ index: Int, from source: Tensor) throws(RuntimeError) {
    let target = try target(index)
    guard let batch = target.sizes.first, batch > 0, let rows = source.sizes.first,
      target.element == source.element, target.sizes.dropFirst() == source.sizes.dropFirst(),
      self.batch == 0 || self.batch == batch
    else { throw .plan("rows of \(source.type.text) do not fit \(target.type.text)") }
    self.batch = batch
    rowCount = min(rows, rowCount ?? rows)
    let stride = target.elementCount / batch * 4
    add(Feed(target: target.pointer, source: source.pointer, stride: stride, batch: batch), target, source)
  }

  /// Before each step, one row of `source` [steps, …] goes into the parameter […]: scalars that the
  /// host has computed ahead.
  package func feedSteps(_ index: Int, from source: Tensor) throws(RuntimeError) {
    let target = try target(index)
    guard source.element == target.element, source.sizes.dropFirst() == target.sizes[...] else {
      throw .plan("rows of \(source.type.text) do not fit \(target.type.text)")
    }
    let stride = target.elementCount * 4
    add(Feed(target: target.pointer, source: source.pointer, stride: stride, batch: 0), target, source)
    stepCapacity = min(stepCapacity, source.sizes.first ?? 0)
  }

  private var stepCapacity = Int.max

  private func target(_ index: Int) throws(RuntimeError) -> Tensor {
    guard let tensor = plan.parameter(index) else { throw .plan("there is no parameter \(index)") }
    return tensor
  }

  private func add(_ feed: Feed, _ target: Tensor, _ source: Tensor) {
    if let known = feeds.firstIndex(where: { $0.target == feed.target }) { feeds.remove(at: known) }
    feeds.append(feed)
    kept += [target, source]
  }

  // MARK: Running

  /// Runs `steps` steps, or fewer when a loss is not finite.
  /// - Parameters:
  ///   - order: i32 row numbers, `batch` a step from `orderStart` on; needed with fed rows.
  ///   - stepStart: row of the per-step sources that belongs to the first step.
  ///   - losses: f32; the loss of step i goes to place `lossStart + i`, a non-finite one too.
  package func run(
    steps: Int, order: Tensor? = nil, orderStart: Int = 0, stepStart: Int = 0, losses: Tensor,
    lossStart: Int = 0
  ) throws(RuntimeError) -> StepOutcome {
    guard steps > 0 else { return StepOutcome(completed: 0, nonFiniteLoss: nil) }
    guard let loss = plan.loss else { throw .plan("a training step without a loss") }
    guard losses.element == .f32, lossStart >= 0, losses.elementCount - lossStart >= steps,
      stepStart >= 0, stepCapacity - stepStart >= steps
    else { throw .plan("no room for \(steps) steps") }
    let rows = try checkedRows(order, from: orderStart, steps: steps)
    let sink = losses.pointer.assumingMemoryBound(to: Float.self) + lossStart
    let chooses = plan.isShared && plan.runtime.isChoosy && plan.runtime.pool.isStarted
    plan.runtime.pool.isAlone = chooses && plan.pace.isAlone
    defer { plan.runtime.pool.isAlone = false }
    let start = CallTimes.now()
    let completed = feeds.withUnsafeBufferPointer { feeds in
      withExtendedLifetime((self, order, losses)) {
        guard let times = plan.runtime.callTimes else {
          return runSteps(
            plan, SharedCalls(plan), feeds, rows: rows, firstStep: stepStart, steps: steps, loss: loss, losses: sink)
        }
        times.watch(plan)
        let calls = TimedCalls(plan: plan, times: times)
        return runSteps(
          plan, calls, feeds, rows: rows, firstStep: stepStart, steps: steps, loss: loss, losses: sink)
      }
    }
    if chooses { plan.pace.note(Double(CallTimes.now() - start) * 1e-9, steps: completed) }
    return StepOutcome(
      completed: completed, nonFiniteLoss: completed < steps ? sink[completed] : nil)
  }

  /// The order's memory once every row number in it is known to be good.
  private func checkedRows(
    _ order: Tensor?, from start: Int, steps: Int
  ) throws(RuntimeError) -> UnsafePointer<Int32>? {
    guard let rowCount else { return nil }
    let (count, overflow) = steps.multipliedReportingOverflow(by: batch)
    guard let order, order.element == .i32, !overflow, start >= 0,
      order.elementCount - start >= count
    else { throw .plan("the order does not name a row for every place of \(steps) steps") }
    let rows = UnsafePointer(order.pointer.assumingMemoryBound(to: Int32.self)) + start
    for i in 0..<count where rows[i] < 0 || Int(rows[i]) >= rowCount {
      throw .index(position: start + i, value: Int(rows[i]), size: rowCount)
    }
    return rows
  }
}

/// The loop. Returns how many steps were completed.
@inline(never)
private func runSteps(
  _ plan: Plan, _ calls: some StepCalls, _ feeds: UnsafeBufferPointer<StepRunner.Feed>,
  rows: UnsafePointer<Int32>?, firstStep: Int, steps: Int, loss: UnsafePointer<Float>,
  losses: UnsafeMutablePointer<Float>
) -> Int {
  let (toLoss, behind) = (0..<plan.stretchesToLoss, plan.stretchesToLoss..<plan.stretchCount)
  return inFloatState {
    var step = 0
    while step < steps {
      for feed in feeds { feed.copy(step: step, row: firstStep &+ step, rows) }
      calls.run(toLoss)
      let value = loss.pointee
      losses[step] = value
      if !value.isFinite { return step }
      calls.run(behind)
      step &+= 1
    }
    return step
  }
}

extension StepRunner.Feed {
  /// Rows are checked before the run.
  @inline(__always)
  fileprivate func copy(step: Int, row: Int, _ rows: UnsafePointer<Int32>?) {
    if batch == 0 {
      copyRow(target, source + row &* stride)
    } else if let rows {
      var place = target
      for i in step &* batch..<(step &+ 1) &* batch {
        copyRow(place, source + Int(rows[i]) &* stride)
        place += stride
      }
    }
  }

  /// Rows are whole words; short ones are not worth a call.
  @inline(__always)
  private func copyRow(_ target: UnsafeMutableRawPointer, _ source: UnsafeMutableRawPointer) {
    if stride > 64 {
      target.copyMemory(from: source, byteCount: stride)
    } else {
      var offset = 0
      while offset < stride {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: offset, as: UInt32.self), toByteOffset: offset,
          as: UInt32.self)
        offset &+= 4
      }
    }
  }
}
