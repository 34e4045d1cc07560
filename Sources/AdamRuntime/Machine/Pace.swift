// Whether threads make the steps of a training faster, found out while it runs: it depends on how far apart the
// cores are that the system gives, and on what else they do. Says nothing about bits.

/// Chooses for every burst of steps between all threads and the caller alone. Now and then a burst is run the other
/// way, ever more rarely as long as that is slower, and soon when a burst takes longer than those before it.
struct Pace {
  /// Seconds a step of the latest bursts each way, without what disturbed a single one; nil: not tried yet.
  private var shared: Double?
  private var alone: Double?
  private var prefersAlone = false
  /// Bursts until the other way is tried again.
  private var rest = Self.firstRest
  private var interval = Self.shortest

  /// The first bursts are short ones, and what is measured of them is mostly the beginning.
  private static let firstRest = 4
  private static let shortest = 8
  private static let longest = 256
  /// What the other way must gain to be chosen, and what is no noise any more.
  private static let gain = 0.97
  private static let slower = 1.25
  /// Threads gain by longer steps wherever they are.
  private static let longStep = 0.0005

  /// Whether the next burst is run by the caller alone.
  var isAlone: Bool { rest == 0 ? !prefersAlone : prefersAlone }

  /// What the burst took that `isAlone` was asked for.
  mutating func note(_ seconds: Double, steps: Int) {
    guard steps > 0 else { return }
    let time = seconds / Double(steps)
    if rest == 0 {
      if prefersAlone { shared = Self.known(shared, time) } else { alone = Self.known(alone, time) }
      choose()
    } else {
      let before = prefersAlone ? alone : shared
      if prefersAlone { alone = Self.known(alone, time) } else { shared = Self.known(shared, time) }
      if time > Self.longStep {
        if prefersAlone { (prefersAlone, rest) = (false, interval) }
        return
      }
      rest -= 1
      if let before, time > before * Self.slower { rest = 0 }
    }
  }

  /// A burst that took much longer counts in part: others on the machine may have disturbed just this one.
  private static func known(_ before: Double?, _ time: Double) -> Double {
    before.map { min(time, $0 * 1.3) } ?? time
  }

  /// Both ways are known.
  private mutating func choose() {
    let (own, other) = prefersAlone ? (alone, shared) : (shared, alone)
    guard let own, let other else { return }
    if other < own * Self.gain {
      prefersAlone.toggle()
      interval = Self.shortest
    } else {
      interval = min(interval * 2, Self.longest)
    }
    rest = interval
  }
}
