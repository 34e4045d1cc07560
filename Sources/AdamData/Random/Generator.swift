// Torch's CPU generator: mt19937 with one cached normal. Every draw of a session comes from one of
// these, in torch's order; the draws themselves are in the neighbouring files.

/// The 32-bit Mersenne Twister (Matsumoto and Nishimura 1998) as `torch.Generator('cpu')` uses it.
/// A value: a copy continues the same stream on its own, which is how a failed statement rolls back.
package struct Generator: Sendable, Equatable {
  static let wordCount = 624
  private static let shift = 397

  /// The twister's state words; always `wordCount` of them.
  private var words: [UInt32]
  /// The outputs of the current block, tempered all at once so that bulk draws are plain copies.
  private var outputs: [UInt32]
  /// Outputs of the block already handed out; `wordCount` when the next draw starts a new block.
  private(set) var position: Int
  /// The second value of the last Box–Muller pair of the element-at-a-time normal path.
  var cachedNormal: Double?

  /// As `torch.manual_seed`: only the low 32 bits of `seed` matter.
  package init(seed: UInt64) {
    var words = [UInt32](repeating: 0, count: Generator.wordCount)
    var word = UInt32(truncatingIfNeeded: seed)
    words[0] = word
    for index in 1..<Generator.wordCount {
      word = 1_812_433_253 &* (word ^ (word >> 30)) &+ UInt32(truncatingIfNeeded: index)
      words[index] = word
    }
    self.words = words
    self.outputs = [UInt32](repeating: 0, count: Generator.wordCount)
    self.position = Generator.wordCount
    self.cachedNormal = nil
  }

  // MARK: State

  /// All that a checkpoint must keep. `position` is in 0...624.
  package struct State: Hashable, Sendable {
    package var words: [UInt32]
    package var position: Int
    package var cachedNormal: Double?
    package init(words: [UInt32], position: Int, cachedNormal: Double?) {
      self.words = words
      self.position = position
      self.cachedNormal = cachedNormal
    }
  }

  package var state: State {
    State(words: words, position: position, cachedNormal: cachedNormal)
  }

  /// Continues from a stored state; nil when it cannot be one (a damaged checkpoint).
  package init?(state: State) {
    guard state.words.count == Generator.wordCount,
      (0...Generator.wordCount).contains(state.position)
    else { return nil }
    words = state.words
    outputs = [UInt32](repeating: 0, count: Generator.wordCount)
    position = state.position
    cachedNormal = state.cachedNormal
    temper()
  }

  // MARK: Raw draws

  /// One draw.
  package mutating func nextUInt32() -> UInt32 {
    if position == Generator.wordCount { startBlock() }
    defer { position += 1 }
    return outputs[position]
  }

  /// Two draws, the first is the high word.
  package mutating func nextUInt64() -> UInt64 {
    let high = UInt64(nextUInt32())
    return high << 32 | UInt64(nextUInt32())
  }

  /// Hands `count` consecutive draws to `body` in runs, as they lie in the block.
  @inline(__always)
  mutating func takeRuns(_ count: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    var left = count
    while left > 0 {
      if position == Generator.wordCount { startBlock() }
      let length = min(left, Generator.wordCount - position)
      outputs.withUnsafeBufferPointer { block in
        body(UnsafeBufferPointer(rebasing: block[position..<position + length]))
      }
      position += length
      left -= length
    }
  }

  /// Hands `count` pairs of draws to `body` in runs of at most 312 pairs, high word first.
  @inline(__always)
  mutating func takePairRuns(_ count: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    var left = count
    while left > 0 {
      let available = (Generator.wordCount - position) / 2
      if available == 0 {
        // A pair that lies across two blocks (or a new block).
        var pair = (nextUInt32(), UInt32(0))
        pair.1 = nextUInt32()
        withUnsafeBytes(of: &pair) { body($0.assumingMemoryBound(to: UInt32.self)) }
        left -= 1
        continue
      }
      let length = min(left, available)
      takeRuns(2 * length, body)
      left -= length
    }
  }

  // MARK: Blocks

  /// The recurrence for a whole block. Split at the two places where the partner word wraps, so that
  /// each loop has no dependence shorter than 227 words and vectorises.
  private mutating func startBlock() {
    let shift = Generator.shift
    let rest = Generator.wordCount - shift
    words.withUnsafeMutableBufferPointer { word in
      for index in 0..<rest {
        word[index] = word[index + shift] ^ Generator.twist(word[index], word[index + 1])
      }
      for index in rest..<Generator.wordCount - 1 {
        word[index] = word[index - rest] ^ Generator.twist(word[index], word[index + 1])
      }
      let last = Generator.wordCount - 1
      word[last] = word[shift - 1] ^ Generator.twist(word[last], word[0])
    }
    temper()
    position = 0
  }

  @inline(__always)
  private static func twist(_ upper: UInt32, _ lower: UInt32) -> UInt32 {
    let mixed = (upper & 0x8000_0000) | (lower & 0x7FFF_FFFF)
    return (mixed >> 1) ^ ((0 &- (lower & 1)) & 0x9908_B0DF)
  }

  private mutating func temper() {
    words.withUnsafeBufferPointer { word in
      outputs.withUnsafeMutableBufferPointer { output in
        for index in 0..<Generator.wordCount {
          var y = word[index]
          y ^= y >> 11
          y ^= (y << 7) & 0x9D2C_5680
          y ^= (y << 15) & 0xEFC6_0000
          output[index] = y ^ (y >> 18)
        }
      }
    }
  }
}
