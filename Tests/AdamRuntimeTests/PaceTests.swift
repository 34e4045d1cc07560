// The choice between all threads and the caller alone, from given times.
import Testing

@testable import AdamRuntime

@Suite struct PaceTests {
  /// Bursts of ten steps; how many of them ran alone.
  private func aloneOnes(_ pace: inout Pace, bursts: Int, shared: Double, alone: Double) -> Int {
    (0..<bursts).count { _ in
      let isAlone = pace.isAlone
      pace.note(10 * (isAlone ? alone : shared), steps: 10)
      return isAlone
    }
  }

  @Test func `threads that help are kept, and the other way is tried ever more rarely`() {
    var pace = Pace()
    #expect(!pace.isAlone)
    #expect((1...4).contains(aloneOnes(&pace, bursts: 100, shared: 30e-6, alone: 50e-6)))
    #expect(aloneOnes(&pace, bursts: 1_000, shared: 30e-6, alone: 50e-6) <= 6)
  }

  @Test func `threads that hinder are left, and taken again when they help`() {
    var pace = Pace()
    #expect(aloneOnes(&pace, bursts: 100, shared: 80e-6, alone: 50e-6) >= 90)
    // What is tried now and then tells that the cores are near again.
    #expect(aloneOnes(&pace, bursts: 600, shared: 30e-6, alone: 50e-6) < 300)
  }

  @Test func `a burst that takes longer has the other way tried at once`() {
    var pace = Pace()
    _ = aloneOnes(&pace, bursts: 500, shared: 30e-6, alone: 50e-6)
    #expect(aloneOnes(&pace, bursts: 10, shared: 80e-6, alone: 50e-6) >= 7)
  }

  @Test func `a single burst that others have disturbed changes nothing`() {
    var pace = Pace()
    _ = aloneOnes(&pace, bursts: 100, shared: 30e-6, alone: 42e-6)
    for _ in 0..<5 {
      _ = aloneOnes(&pace, bursts: 1, shared: 80e-6, alone: 42e-6)
      #expect(aloneOnes(&pace, bursts: 40, shared: 30e-6, alone: 42e-6) <= 3)
    }
  }

  @Test func `long steps are always shared`() {
    var pace = Pace()
    #expect(aloneOnes(&pace, bursts: 500, shared: 4e-3, alone: 3e-3) == 0)
    // Also those that were short once and faster alone.
    pace = Pace()
    #expect(aloneOnes(&pace, bursts: 50, shared: 480e-6, alone: 430e-6) >= 40)
    #expect(aloneOnes(&pace, bursts: 500, shared: 300e-6, alone: 510e-6) < 50)
  }
}
