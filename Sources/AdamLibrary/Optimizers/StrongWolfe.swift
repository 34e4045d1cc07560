// A line search for a length at which the loss has fallen enough and its slope has flattened enough
// (strong Wolfe conditions; Nocedal and Wright, algorithms 3.5 and 3.6), step by step as torch's.
import AdamRuntime

struct StrongWolfe {
  private let weights: WeightVector
  private let direction: [Float]
  private let toleranceChange: Double
  private let evaluate: () throws(SearchFailure) -> LossPoint
  private let sufficientDecrease = 1e-4
  private let flatter = 0.9
  /// Evaluations that a step has left.
  private let most: Int

  /// A length that was tried.
  private struct Trial {
    var length: Double
    var point: LossPoint
    var slope: Double
  }

  init(
    _ weights: WeightVector, _ direction: [Float], toleranceChange: Double, most: Int,
    _ evaluate: @escaping () throws(SearchFailure) -> LossPoint
  ) {
    self.weights = weights
    self.direction = direction
    self.toleranceChange = toleranceChange
    self.most = most
    self.evaluate = evaluate
  }

  /// The weights are left as they were.
  func run(
    from start: LossPoint, slope: Double, length: Double
  ) throws(SearchFailure) -> (point: LossPoint, length: Double, evaluations: Int) {
    let origin = weights.values
    let begin = Trial(length: 0, point: start, slope: slope)
    var last = begin
    var now = try trial(length, from: origin)
    var rounds = 0
    var bracket: [Trial]?
    while bracket == nil, rounds < most {
      let isTooHigh = failsDecrease(now, begin) || (rounds > 1 && now.point.loss >= last.point.loss)
      if !isTooHigh, isFlat(now, begin) { return (now.point, now.length, rounds + 1) }
      if isTooHigh || now.slope >= 0 {
        bracket = [last, now]
        break
      }
      let next = Self.cubic(
        last, now, within: now.length + 0.01 * (now.length - last.length), now.length * 10)
      last = now
      now = try trial(next, from: origin)
      rounds += 1
    }
    let chosen = try zoom(bracket ?? [begin, now], begin, &rounds, origin)
    return (chosen.point, chosen.length, rounds + 1)
  }

  private func failsDecrease(_ trial: Trial, _ begin: Trial) -> Bool {
    trial.point.loss > begin.point.loss + sufficientDecrease * trial.length * begin.slope
  }

  private func isFlat(_ trial: Trial, _ begin: Trial) -> Bool { abs(trial.slope) <= -flatter * begin.slope }

  /// The loss at a length. One that is not finite counts as infinitely large (deviation: torch goes on
  /// with it).
  private func trial(_ length: Double, from origin: [Float]) throws(SearchFailure) -> Trial {
    weights.move(by: length, along: direction)
    defer { weights.restore(origin) }
    do throws(SearchFailure) {
      let point = try evaluate()
      return Trial(length: length, point: point, slope: LongVector.dot(point.gradient, direction))
    } catch {
      guard case .notFinite = error else { throw error }
      let nowhere = LossPoint(loss: .infinity, gradient: direction.map { _ in 0 })
      return Trial(length: length, point: nowhere, slope: 0)
    }
  }

  /// Makes the bracket smaller until a point in it will do.
  private func zoom(
    _ found: [Trial], _ begin: Trial, _ rounds: inout Int, _ origin: [Float]
  ) throws(SearchFailure) -> Trial {
    var bracket = found
    let largest = LongVector.largest(direction)
    var hadLittleProgress = false
    var low = bracket[0].point.loss <= bracket[1].point.loss ? 0 : 1
    while rounds < most, abs(bracket[1].length - bracket[0].length) * largest >= toleranceChange {
      let length = next(bracket, &hadLittleProgress)
      let trial = try trial(length, from: origin)
      rounds += 1
      if failsDecrease(trial, begin) || trial.point.loss >= bracket[low].point.loss {
        bracket[1 - low] = trial
        low = bracket[0].point.loss <= bracket[1].point.loss ? 0 : 1
        continue
      }
      let isDone = isFlat(trial, begin)
      if !isDone, trial.slope * (bracket[1 - low].length - bracket[low].length) >= 0 {
        bracket[1 - low] = bracket[low]
      }
      bracket[low] = trial
      if isDone { break }
    }
    return bracket[low]
  }

  /// Where a cubic through both ends is lowest, kept away from the ends when that leads nowhere.
  private func next(_ bracket: [Trial], _ hadLittleProgress: inout Bool) -> Double {
    var length = Self.cubic(bracket[0], bracket[1], within: nil, nil)
    let (least, most) = (
      min(bracket[0].length, bracket[1].length), max(bracket[0].length, bracket[1].length)
    )
    let margin = 0.1 * (most - least)
    guard min(most - length, length - least) < margin else {
      hadLittleProgress = false
      return length
    }
    guard hadLittleProgress || length >= most || length <= least else {
      hadLittleProgress = true
      return length
    }
    length = abs(length - most) < abs(length - least) ? most - margin : least + margin
    hadLittleProgress = false
    return length
  }

  /// The lowest point of the cubic with these values and slopes, within bounds (the two lengths without).
  private static func cubic(_ a: Trial, _ b: Trial, within lower: Double?, _ upper: Double?) -> Double {
    let least = lower ?? min(a.length, b.length)
    let most = upper ?? max(a.length, b.length)
    let d1 = a.slope + b.slope - 3 * (a.point.loss - b.point.loss) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return (least + most) / 2 }
    let d2 = square.squareRoot()
    let place =
      a.length <= b.length
      ? b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
      : a.length - (a.length - b.length) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
    return place.isFinite ? min(max(place, least), most) : (least + most) / 2
  }
}
