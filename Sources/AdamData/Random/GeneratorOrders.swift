// Orders of rows: permutations, splits and the batches of a pass, drawn as torch draws them.

extension Generator {
  /// `torch.randperm(count)`: a forward Fisher–Yates shuffle by modulo, count−1 draws (of two words
  /// from 2³²/20 rows up, as torch).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    order.withUnsafeMutableBufferPointer { shuffle($0) }
    return order
  }

  private mutating func shuffle<Entry>(_ entries: UnsafeMutableBufferPointer<Entry>) {
    let count = entries.count
    guard count > 1 else { return }
    let isWide = count >= Int(UInt32.max) / 20
    for index in 0..<count - 1 {
      let draw = isWide ? nextUInt64() : UInt64(nextUInt32())
      let other = index + Int(draw % UInt64(count - index))
      entries.swapAt(index, other)
    }
  }

  /// Row order of one pass of `DataLoader(dataset, shuffle=…)`, into memory that is there already.
  /// A 64-bit base seed is drawn even when nothing is shuffled; shuffling draws a second seed and
  /// permutes with a generator of its own.
  package mutating func dataLoaderOrder(
    into rows: UnsafeMutableBufferPointer<Int32>, shuffle: Bool
  ) {
    _ = nextInt63()
    for index in rows.indices { rows[index] = Int32(clamping: index) }
    guard shuffle else { return }
    var sampler = Generator(seed: nextInt63())
    sampler.shuffle(rows)
  }

  /// `torch.utils.data.random_split`: one permutation of the total, cut into consecutive parts.
  package mutating func randomSplit(counts: [Int]) -> [[Int]] {
    SplitPlan.cut(permutation(counts.reduce(0, &+)), counts)
  }
}

/// How many rows go to each part, and which.
package enum SplitPlan {
  /// Fractions of `rows` as `random_split` reads them: floored, then one more each, round robin,
  /// until the rows are used up. The fractions sum to 1 and none is negative (the caller checks).
  package static func counts(rows: Int, fractions: [Double]) -> [Int] {
    guard !fractions.isEmpty else { return [] }
    var counts = fractions.map { fraction in
      min(max(Int(exactly: (Double(rows) * fraction).rounded(.down)) ?? 0, 0), rows)
    }
    let missing = rows - counts.reduce(0, +)
    for index in 0..<max(missing, 0) { counts[index % counts.count] += 1 }
    return counts
  }

  /// Consecutive slices of `order`, `counts` long.
  package static func cut(_ order: [Int], _ counts: [Int]) -> [[Int]] {
    var start = 0
    return counts.map { count in
      let end = min(start + max(count, 0), order.count)
      defer { start = end }
      return Array(order[start..<end])
    }
  }

  /// Rows of each part. Shuffled: one permutation of the total is drawn; otherwise the file's order
  /// is kept and nothing is drawn.
  package static func parts(
    rows: Int, counts: [Int], shuffle: Bool, generator: inout Generator
  ) -> [[Int]] {
    cut(shuffle ? generator.permutation(rows) : Array(0..<max(rows, 0)), counts)
  }
}
