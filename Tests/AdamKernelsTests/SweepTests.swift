// One call that updates several parameters gives each the bits of a call of its own, at every level and
// wherever threads cut the units.
import AdamFormulas
import AdamKernelABI
import Testing

@Suite struct SweepTests {
  /// A parameter smaller than a vector, one of several units with a ragged end, an empty one, a whole one.
  private static let counts = [5, 2_050, 0, 1_024, 1]
  private static let hyper = [1e-3, 0.9, 0.999, 1e-8, 0, 0, 0]

  /// p, g, m, v of every parameter.
  private func tensors() -> [[Buffer]] {
    Self.counts.enumerated().map { index, count in
      (0..<4).map { slot in
        let numbers = pseudo(count, UInt64(index * 4 + slot + 1))
        return Buffer(slot == 3 ? numbers.map { abs($0) } : numbers)
      }
    }
  }

  private func bits(_ tensors: [[Buffer]]) -> [[UInt32]] { tensors.joined().map(\.bits) }

  private func update(_ tensors: [[Buffer]], _ table: KernelTable, cuts: [Int]) {
    var units = 0
    var targets = tensors.map { buffers -> UpdateTarget in
      var target = UpdateTarget(count: buffers[0].count, firstUnit: units)
      (target.parameter, target.gradient) = (buffers[0].raw, buffers[1].raw)
      (target.slot0, target.slot1) = (buffers[2].raw, buffers[3].raw)
      units += KernelTable.chunks(buffers[0].count)
      return target
    }
    let scalars = Buffer(Adam.scalars(Self.hyper, step: 3).map { Float($0) })
    var arguments = KernelArguments()
    (arguments.n0, arguments.n1) = (targets.count, 0)
    arguments.p1 = scalars.raw
    targets.withUnsafeMutableBytes { bytes in
      arguments.p0 = bytes.baseAddress
      withUnsafePointer(to: &arguments) {
        var begin = 0
        for end in cuts + [units] {
          table.adam(UnsafeRawPointer($0), begin, end)
          begin = end
        }
      }
    }
  }

  @Test func `every cut gives the bits of single calls`() throws {
    var wanted: [[UInt32]]?
    for table in tables {
      let single = tensors()
      for buffers in single { update([buffers], table, cuts: []) }
      let answer = wanted ?? bits(single)
      wanted = answer
      #expect(bits(single) == answer, "\(table.level)")
      for cuts in [[], [1], [2, 3], [0, 4], [1, 2, 3, 4, 5]] {
        let swept = tensors()
        update(swept, table, cuts: cuts)
        #expect(bits(swept) == answer, "\(table.level) \(cuts)")
      }
    }
  }
}
