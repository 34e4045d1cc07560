// What convolutions are made of, against the rules taken literally: planes with zeros around, and the long sums of
// the weights' gradient.
import AdamKernelABI
import Foundation
import Testing

struct PadCase: CustomTestStringConvertible, Sendable {
  var planes: Int
  var rows: Int
  var columns: Int
  var before: (Int, Int)
  var behind: (Int, Int)
  var testDescription: String { "\(planes) × \(rows) × \(columns), \(before) \(behind)" }
  var padded: (Int, Int) { (before.0 + rows + behind.0, before.1 + columns + behind.1) }

  /// Planes smaller than a vector, rows of one to three vectors, no zeros between rows, many.
  static let all = [
    PadCase(planes: 1, rows: 1, columns: 1, before: (1, 1), behind: (1, 1)),
    PadCase(planes: 40, rows: 1, columns: 1, before: (1, 1), behind: (1, 1)),
    PadCase(planes: 30, rows: 2, columns: 3, before: (0, 0), behind: (0, 1)),
    PadCase(planes: 7, rows: 3, columns: 5, before: (2, 3), behind: (1, 0)),
    PadCase(planes: 9, rows: 14, columns: 14, before: (1, 1), behind: (1, 1)),
    PadCase(planes: 3, rows: 28, columns: 28, before: (2, 2), behind: (2, 2)),
    PadCase(planes: 3, rows: 5, columns: 16, before: (1, 0), behind: (1, 0)),
    PadCase(planes: 3, rows: 5, columns: 16, before: (1, 1), behind: (1, 1)),
    PadCase(planes: 2, rows: 4, columns: 33, before: (1, 20), behind: (0, 25)),
    PadCase(planes: 2, rows: 3, columns: 47, before: (3, 1), behind: (4, 1)),
  ]
}

struct LongSumCase: CustomTestStringConvertible, Sendable {
  var images: Int
  var groups: Int
  var inputs: Int
  var outputs: Int
  var rows: Int
  var columns: Int
  var stride = 1
  var testDescription: String { "\(images) × \(rows) × \(columns), \(groups) × \(inputs) → \(outputs), \(stride)" }
  var terms: Int { inputs * 9 }
  var padded: (Int, Int) { ((rows - 1) * stride + 3, (columns - 1) * stride + 3) }
  /// Of x without its frame of one zero.
  var inner: (Int, Int) { (padded.0 - 2, padded.1 - 2) }

  /// No place, one block, two halves, several blocks that end inside images; more channels than a register tile has.
  static let all = [
    LongSumCase(images: 0, groups: 1, inputs: 1, outputs: 40, rows: 3, columns: 4),
    LongSumCase(images: 0, groups: 2, inputs: 1, outputs: 20, rows: 3, columns: 4),
    LongSumCase(images: 1, groups: 1, inputs: 1, outputs: 1, rows: 3, columns: 4),
    LongSumCase(images: 3, groups: 1, inputs: 2, outputs: 5, rows: 13, columns: 14),
    LongSumCase(images: 7, groups: 1, inputs: 3, outputs: 40, rows: 14, columns: 14),
    LongSumCase(images: 20, groups: 2, inputs: 2, outputs: 3, rows: 7, columns: 7),
    LongSumCase(images: 2, groups: 2, inputs: 1, outputs: 33, rows: 28, columns: 28),
    LongSumCase(images: 9, groups: 1, inputs: 2, outputs: 17, rows: 8, columns: 6, stride: 2),
  ]

  /// Σ over the places in order: chains of fused multiply-adds over blocks, the blocks added in order.
  func sum(_ g: [Float], _ x: [Float], group: Int, output: Int, term: Int) -> Float {
    let places = images * rows * columns
    let (channel, u, v) = (term / 9, term % 9 / 3, term % 3)
    var (total, first): (Float?, Int) = (nil, 0)
    while first < places {
      let rest = places - first
      let count = rest >= 768 ? 384 : rest > 384 ? (rest + 1) / 2 : rest
      var chain: Float = 0
      for place in first..<first + count {
        let (image, inside) = (place / (rows * columns), place % (rows * columns))
        let (i, j) = (inside / columns * stride + u - 1, inside % columns * stride + v - 1)
        let plane = (image * groups + group) * inputs + channel
        let isInside = (0..<inner.0).contains(i) && (0..<inner.1).contains(j)
        let factor = isInside ? x[(plane * inner.0 + i) * inner.1 + j] : 0
        let slope = g[((image * groups + group) * outputs + output) * rows * columns + inside]
        chain = fma(factor, slope, chain)
      }
      total = total.map { $0 + chain } ?? chain
      first += count
    }
    return total ?? 0
  }
}

@Suite struct ConvolutionKernelTests {
  @Test(arguments: PadCase.all)
  func planesGetZerosAround(_ item: PadCase) {
    let x = pseudo(item.planes * item.rows * item.columns, 6)
    let size = item.padded.0 * item.padded.1
    var expected = [Float](repeating: 0, count: item.planes * size)
    for plane in 0..<item.planes {
      for i in 0..<item.rows {
        for j in 0..<item.columns {
          let to = plane * size + (item.before.0 + i) * item.padded.1 + item.before.1 + j
          expected[to] = x[(plane * item.rows + i) * item.columns + j]
        }
      }
    }
    for table in tables {
      let from = Buffer(x), out = Buffer(expected.count)
      run(table.padPlanes, item.planes) {
        ($0.p0, $0.p1) = (from.raw, out.raw)
        ($0.n1, $0.n2, $0.n3, $0.n4) = (item.rows, item.columns, item.padded.0, item.padded.1)
        ($0.n5, $0.n6, $0.n7, $0.n8, $0.n9) = (item.before.0, item.before.1, 1, 1, 1)
      }
      #expect(out.floats == expected && out.isIntact, "\(table.level)")
    }
  }

  @Test(arguments: LongSumCase.all, [true, false])
  func gradientsOfWeightsAreChainsInBlocks(_ item: LongSumCase, padsItself: Bool) {
    let places = item.images * item.rows * item.columns
    let g = pseudo(places * item.groups * item.outputs, 7)
    let x = pseudo(item.images * item.groups * item.inputs * item.inner.0 * item.inner.1, 8)
    for table in tables {
      let lanes = table.panelColumns / 2
      let width = (item.outputs + lanes - 1) / lanes * lanes
      let (count, blocks) = (item.groups * item.terms * width, KernelTable.sumBlocks(places))
      let (from, gradients) = (Buffer(x), Buffer(g))
      let (parts, sums) = (Buffer(blocks * count + 32), Buffer(count + 32))
      var frame = item.frame
      let planes = item.images * item.groups * item.inputs
      let padded = Buffer(planes * item.padded.0 * item.padded.1 + 32)
      run(table.padPlanes, planes) {
        $0 = frame
        ($0.p0, $0.p1) = (from.raw, padded.raw)
      }
      let stored = padsItself ? item.inner.0 * item.inner.1 : item.padded.0 * item.padded.1
      var offsets = item.offsets
      let slices = (item.outputs + table.panelColumns - 1) / table.panelColumns * item.groups
      withUnsafeMutablePointer(to: &frame) { frame in
        offsets.withUnsafeMutableBytes { offsets in
          run(table.convWeights, blocks * slices) {
            ($0.p0, $0.p1) = (gradients.raw, padsItself ? from.raw : padded.raw)
            ($0.p2, $0.p3) = (parts.raw, offsets.baseAddress)
            $0.p4 = padsItself ? UnsafeMutableRawPointer(frame) : nil
            ($0.n0, $0.n1, $0.n2, $0.n3) = (item.images, item.terms, item.outputs, item.groups)
            ($0.n4, $0.n5) = (item.groups * item.inputs * stored, item.inputs * stored)
            ($0.n6, $0.n7) = (item.rows, item.columns)
            ($0.n8, $0.n9) = (item.stride * item.padded.1, item.stride)
            ($0.n10, $0.n11) = (0, item.inputs)
          }
        }
      }
      // The first block by itself, the others behind it: as when not all are kept.
      for (first, many) in [(0, 1), (1, blocks - 1)] where many > 0 {
        run(table.addBlocks, KernelTable.chunks(count)) {
          ($0.p0, $0.p1) = (parts.raw + first * count * 4, sums.raw)
          ($0.n0, $0.n1, $0.n2) = (many, count, first)
        }
      }
      let found = sums.floats
      for row in 0..<item.groups * item.terms {
        let expected = (0..<item.outputs).map {
          item.sum(g, x, group: row / item.terms, output: $0, term: row % item.terms).bitPattern
        }
        #expect(found[row * width..<row * width + item.outputs].map(\.bitPattern) == expected, "\(table.level) \(row)")
      }
    }
  }
}

extension LongSumCase {
  /// In the slots of `padPlanes`.
  fileprivate var frame: KernelArguments {
    var a = KernelArguments()
    (a.n1, a.n2, a.n3, a.n4) = (inner.0, inner.1, padded.0, padded.1)
    (a.n5, a.n6, a.n7, a.n8, a.n9) = (1, 1, 1, 1, 1)
    return a
  }

  fileprivate var offsets: [Int32] {
    (0..<terms).map { term in
      Int32(term / 9 * padded.0 * padded.1 + term % 9 / 3 * padded.1 + term % 3)
    }
  }
}
