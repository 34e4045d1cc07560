// One kernel per field and what its argument slots mean. Each instruction set fills one table.
//
// Common to all: sizes and strides count elements of four bytes; memory is row major; a pointer slot
// that is not mentioned is ignored; a size of zero is allowed everywhere. Kernels run with
// subnormals as zero (CFloatState): the caller sets the state.
//
// An epilogue is nil or the `KernelArguments` of an `elementwise` call whose first input and one output
// are the kernel's result, in place: the kernel runs it on elements that it has finished.

/// The kernels of one instruction set. The same arguments give the same bits from every table.
public struct KernelTable: Sendable {
  /// `base`, `v3`, `v4`.
  public var level: String

  // MARK: Elementwise

  /// A program of micro-operations on streams with row/column broadcasting.
  /// - p0: `MicroOp` × n0; p1: `ElementwiseStream` × (n1 inputs, then n2 outputs)
  /// - n3 rows, n4 columns of the output. Collapse what is contiguous into one row: rows 1.
  /// - n5: one more than the highest register of the program; 0: the kernel looks for it.
  /// - unit: `chunk` consecutive elements of the rows·columns outputs.
  public var elementwise: Kernel
  /// Every element of p0 [n0] becomes the bit pattern of f0. Unit: `chunk` elements.
  public var fill: Kernel

  // MARK: Products

  /// Brings the right operand of a product into the tile order of this level.
  /// - p0: B, p1: packed, `packedCount(k:n:)` floats, 64-byte aligned
  /// - n0 k, n1 n, n2 stride of B along k, n3 stride of B along n, n4 stride from matrix to matrix
  /// - unit: a panel of `panelColumns` columns; `packUnits(n:)` of them for each matrix, one behind the other.
  public var gemmPack: Kernel
  /// C[i, j] = Σ_k A[i, k]·B[k, j] (+ bias[j]), the chain of fma of rule 1.
  /// - p0: A, p1: B, p2: C, p3: bias [n] or nil, p4: B as packed by `gemmPack` or nil, p5: epilogue
  /// - p6: nil, or C: the chains go on from what it holds, where the terms before and these together are at most
  ///   `blockTerms`, one block of rule 1
  /// - n0 m, n1 n, n2 k; n3, n4 strides of A along m, k; n5, n6 strides of B along k, n;
  ///   n7 stride of C along m (1 along n; with an epilogue n)
  /// - several products of one size: n8, n9, n10 strides of A, B, C from matrix to matrix, p4 as `gemmPack`
  ///   leaves it, no epilogue
  /// - n11, n12 rows and columns of a block of C (`block(m:n:k:)`)
  /// - unit: a block; `ProductBlock.units` of them for each matrix. C must not overlap the operands.
  /// Without p4 each block packs what it reads into the scratch when `needsPacking` says so; products of fewer rows
  /// than `leastPackedRows` go the slow way then.
  public var gemm: Kernel
  /// As `gemm` without p6, of few rows and a B whose columns lie one behind the other (`turns`): what `gemmPack` made
  /// of Aᵀ is what every block reads.
  /// - p0: B, p2: C [n1, n0], p3: bias [n0] or nil, p4: Aᵀ packed, p5: epilogue
  /// - n0 columns of C, n1 rows, n2 k; n3, n4 strides of B from column to column and along k; n11 columns of a block
  /// - unit: a block
  public var gemmTurned: Kernel
  /// The forward product with one output column, rule 2: out[r] = Σ x[r, ·]·w (+ bias).
  /// - p0: x, p1: w [n1], p2: out [n0], p3: bias [1] or nil
  /// - n0 rows, n1 terms, n2 stride of x from row to row. Unit: a row.
  public var dot16: Kernel

  // MARK: Convolutions and poolings. A plane is one channel of one image.

  /// Zeros with the elements of a plane among them. p0: x [n0, n1, n2], p1: out [n0, n3, n4]; element
  /// (0, 0) goes to row n5, column n6 (what falls outside is left out), neighbours n7 rows, n8 columns
  /// apart. A column is n9 elements, of which n2, n4, n6 and n8 are multiples. Unit: a plane.
  /// p2: nil, or i32 places: x are gradients of images that were pooled two by two, [n0, n1 / 2, n2 / 2], and the
  /// element 2·row + column of each window gets them.
  public var padPlanes: Kernel
  /// Weights in the tile order of `conv`: n6 rows side by side (`convWidth`), zeros beyond the last.
  /// - p0: w, p1: packed [groups, blocks, n1·n2, n6]
  /// - n0 rows of a group, n1 outer terms, n2 inner terms (side by side); strides n3 from row to row,
  ///   n4 from outer term to term, n5 from group to group. Unit: a block of rows of a group.
  public var convPack: Kernel
  /// y[i, g, r, p, q] = Σ_t w[g, r, t]·x[i, g, offset[t] + p·n8 + q·n9] (+ bias), rule 1.
  /// - p0: x, p1: w from `convPack`, p2: y [.., n3, n1, n6, n7], p3: bias [n3·n1] or nil,
  ///   p4: i32 offsets [n2], p5: epilogue, p6: sizes and steps in the slots of `padPlanes`, or nil: with them the
  ///   kernel pads the n11 planes of a group of one image itself (at most `imageBytes`), and offsets and strides
  ///   inside an image are those of the padded planes
  /// - n1 rows of a group, n2 terms, n3 groups; n4, n5 strides of x from image to image and
  ///   group to group; n6, n7 rows and columns of a plane of y
  /// - unit: n10 rows of the planes of one group of one image. With n7 smaller than a vector, up to a
  ///   vector (n9 of them apart) is read behind the last element.
  /// - n12 = 1: channels last, y [.., n6, n7, n1], n3 1. An image of x is one plane, n0 the columns of the window,
  ///   and seven outputs of a row are computed at least. With i32 places p7 the result is pooled two by two,
  ///   y [.., n6 / 2, n7 / 2, n1]: places are 2·row + column of the largest. f0: -∞, or 0 for a relu before that,
  ///   and -1 where nothing is above 0. n7·n1 is at most 16,384, n6, n7 and n10 are even.
  public var conv: Kernel
  /// Σ_(i, p, q) g[i, g, r, p, q]·x[i, g, offset[t] + p·n8 + q·n9], the blocks of rule 1 in order of (i, p, q) from
  /// block n10 on, each by itself.
  /// - p0: g [n0, n3, n2, n6, n7], p1: x, p2: sums [blocks, n3, n1, n2 rounded up to vectors], p3: i32 offsets
  ///   [n1], p4: as p6 of `conv`
  /// - n0 images, n1 terms, n2 channels of a group, n3 groups; n4, n5 strides of x and n11 planes of a group as
  ///   for `conv`; n12 = 1: channels last, g [n0, n6, n7, n2], n3 1
  /// - p5: nil, or with channels last i32 places: g are gradients of images that were pooled, as for `padPlanes`
  /// - unit: `panelColumns` channels of a group in a block.
  public var convWeights: Kernel
  /// Sums of blocks in their order. p0: parts [n0, n1], p1: sums [n1]; n2 = 1: added to what is there.
  /// Unit: `chunk` elements.
  public var addBlocks: Kernel
  /// The largest element of every window; NaN wins, the first among equals.
  /// - p0: x [.., n0, n1], p1: y [.., n2, n3]; windows n4 × n5, n6 and n7 apart, n8 and n9 of padding,
  ///   elements n10 and n11 apart; p5: epilogue. Unit: a plane.
  /// - n12 > 0: so many channels last, x [.., n0, n1, n12], y [.., n2, n3, n12]. Unit: a row of windows.
  public var maxPool: Kernel
  /// Its gradient. p0: g [.., n2, n3], p1: x [.., n0, n1], p2: out [.., n0, n1], p5: epilogue; as
  /// `maxPool`. out may be x where windows of two by two cover it and no step of the epilogue reads x, or the only
  /// step is the gradient of a relu whose result is x.
  public var maxPoolGrad: Kernel

  // MARK: Reductions

  /// Sums along the contiguous last axis, rule 3.
  /// - p0: x [n0, n1], p1: out [n0]; n2 = 1: mean (the sum / f32(n1)). Unit: a row.
  public var sumLast: Kernel
  /// Sums along the axes around one, rule 3 in the order of memory.
  /// - p0: x [n1, n0, n3], p1: out [n0]; n2 = 1: mean (the sum / f32(n1·n3)). Unit: one of the n0 rows.
  public var sumRuns: Kernel
  /// Sums along the leading axis, rule 3.
  /// - p0: x [n0, n1], p1: out [n1]; n2 = 1: mean (the sum / f32(n0))
  /// - n3 > 0: out holds the sums of so many rows before these, a multiple of 16 below 256, n1 is a multiple of 32
  ///   and n2 is 0.
  /// - unit: 32 columns (`sumFirstColumns`).
  public var sumFirst: Kernel
  /// Sums along the leading axis in the order of `sumLast`: every eighth row of a chunk. p0: x [n0, n1], p1: lanes
  /// [`sumChunks` of n0, 8, n1]. p3: nil, or i32 places: x are gradients of images of n3 columns that were pooled, as
  /// for `padPlanes`, and n0 counts the pixels of the images. Unit: a lane of a chunk; with places a chunk.
  public var sumColumnLanes: Kernel
  /// What becomes of them. p0: x [n0, n1], p1: out [n1], p2: from `sumColumnLanes`; n2 = 1: mean (the sum / f32(n0));
  /// p3 and n3 as there. Unit: 16 columns.
  public var sumColumns: Kernel
  /// Largest or smallest elements along the middle axis; NaN wins, the first among equals.
  /// - p0: x [n0, n1, n2], p1: values [n0, n2] or nil, p2: i32 places [n0, n2] or nil
  /// - n3: 0 largest, 1 smallest; n4: 0 f32, 1 i32 or bool. n1 ≥ 1. Unit: one of the n0 slices.
  public var extreme: Kernel

  // MARK: Softmax and losses. Rows are the last axis; unit: a row.

  /// p0: x [n0, n1], p1: out.
  public var softmax: Kernel
  /// p0: x [n0, n1], p1: out.
  public var logSoftmax: Kernel
  /// (g − Σ g·y)·y. p0: g, p1: y, p2: out; [n0, n1].
  public var softmaxGrad: Kernel
  /// fma(−exp(logp), Σ g, g). p0: g, p1: logp, p2: out; [n0, n1].
  public var logSoftmaxGrad: Kernel
  /// The op `layer_norm`. p0: x [n0, n1], p1: weight [n1], p2: bias [n1], p3: y, p4: x less its mean, p5: √(variance
  /// + f0) [n0], p6: their ratio.
  public var layerNorm: Kernel
  /// The op `layer_norm_grad`. p0: g [n0, n1], p1: weight [n1], p2: ratio, p3: √(variance + eps) [n0], p4: x less its
  /// mean, p5: out, p6: what is added or nil.
  public var layerNormGrad: Kernel
  /// The op `attention`, n0 heads of n1 places of n2 numbers. p0: x [.., n1, 3·n0·n2], p1: y [.., n1, n0·n2], p2:
  /// weights [.., n0, n1, n4], n4 a multiple of 16; n3 = 1: causal, f0: scale. Unit: a head of a sequence.
  public var attention: Kernel
  /// The op `attention_grad`. p0: g, p1: x, p2: weights, p3: x'; sizes as `attention`. p4: room [.., n1, n4] for the
  /// head n5 and those behind it, or nil where `keepsSlopes` says so. Unit: a head, of which n5 is the first.
  public var attentionGrad: Kernel
  /// Mean of −logp[b, target[b]]. p0: logp [n0, n1], p1: target i32 [n0], p2: out [1].
  /// One unit. A target outside 0 ..< n1 makes the loss NaN.
  public var nllLoss: Kernel
  /// −(g/n0) at the target, 0 elsewhere. p0: g [1], p1: target i32 [n0], p2: out [n0, n1].
  public var nllLossGrad: Kernel
  /// `logSoftmax`, then `nllLoss`. p0: logp [n0, n1], p1: target i32 [n0], p2: out [1], p3: x [n0, n1].
  /// One unit.
  public var crossEntropyLoss: Kernel
  /// `logSoftmaxGrad` of `nllLossGrad`. p0: g [1], p1: target i32 [n0], p2: logp, p3: out; [n0, n1].
  public var crossEntropyLossGrad: Kernel
  /// Mean of (x−y)². p0: x [n0], p1: y [n0], p2: out [1]. One unit.
  public var mseLoss: Kernel
  /// (f0·(x − y))·g. p0: g [1], p1: x [n0], p2: y [n0], p3: out [n0]. Unit: `chunk` elements.
  public var mseLossGrad: Kernel
  /// Mean of (1−y)·x − log_sigmoid(x). p0: x [n0], p1: y [n0], p2: out [1]. One unit.
  public var bceWithLogits: Kernel

  // MARK: Movement

  /// p0: source, p1: destination (offsets already in the pointers), p2: one `StridedCopy`.
  /// Unit: `StridedCopy.rowsPerUnit` rows of the last but one dimension; `unitCount` of them.
  public var stridedCopy: Kernel
  /// out[o, j, ·] = x[o, index[j], ·]. p0: x [n0, n1, n2], p1: index i32 [n3], p2: out [n0, n3, n2].
  /// Unit: one (o, j), n0·n3 of them. A place outside 0 ..< n1 gives NaN, or 0 where n4 = 1 (i32, bool).
  public var indexSelect: Kernel
  /// The gradient of `indexSelect`: out = 0, then out[o, index[j], ·] += g[o, j, ·], j in order.
  /// p0: g [n0, n3, n2], p1: index i32 [n3], p2: out [n0, n1, n2]. Unit: one of the n0 slices.
  public var indexAdd: Kernel

  // MARK: Optimizer updates, in place.
  // p0: `UpdateTarget` × n0, parameters or parts of them, p1: scalars of them all (f32, as the rule lists them);
  // n1: `options` of the rule. Unit: `chunk` elements of one target; units of neighbours follow one another.

  public var adam: Kernel
  public var adamw: Kernel
  public var sgd: Kernel

  // MARK: Sizes of units

  /// Elements in a unit of `elementwise`, `fill` and the optimizers.
  public static let chunk = 1024
  /// Terms of `sumLast` whose sum is one term of the next; the last chunk may be shorter.
  public static let sumChunk = 32_768
  public static func sumChunks(_ terms: Int) -> Int { blocks(terms, of: sumChunk) }
  /// Columns in a unit of `sumFirst`.
  public static let sumFirstColumns = 32
  /// Columns of a panel of this level's packed operand.
  public var panelColumns: Int
  /// Rows of a register tile of `gemm`.
  public var tileRows: Int
  /// Output channels of a register tile of `conv` with channels first.
  public var convRows: Int
  /// n6 of `convPack` for so many rows of a group.
  public func convWidth(_ rows: Int, channelsLast: Bool) -> Int {
    channelsLast ? (rows <= panelColumns / 2 ? panelColumns / 2 : panelColumns) : convRows
  }

  /// The longest chain of a sum of products, a block of rule 1.
  public static let blockTerms = 384
  /// Blocks of rule 1 in a sum of so many terms, at least one: of 384 while 768 remain, then one or two.
  public static func sumBlocks(_ terms: Int) -> Int {
    let whole = wholeBlocks(terms)
    return whole + (terms - whole * blockTerms > blockTerms ? 2 : 1)
  }
  /// Those of 384 before the last one or two.
  public static func wholeBlocks(_ terms: Int) -> Int {
    terms < 2 * blockTerms ? 0 : (terms - 2 * blockTerms) / blockTerms + 1
  }
  /// Units of a kernel whose unit is `chunk` elements.
  public static func chunks(_ count: Int) -> Int { blocks(count, of: chunk) }
  public func packUnits(n: Int) -> Int { Self.blocks(n, of: panelColumns) }
  public func packedCount(k: Int, n: Int) -> Int { packUnits(n: n) * panelColumns * k }
  /// The part of C [m, n] that is a unit of `gemm`: columns in units of one size, and so the rows, a multiple of the
  /// threads as far as there are 24 rows for each. The block changes no bit of C.
  public func block(m: Int, n: Int, k: Int, threads: Int = 1) -> ProductBlock {
    let rows = rows(m: m, n: n, k: k, threads: threads)
    let columns = Self.blocks(Self.blocks(n, of: Self.blocks(n, of: Self.mostColumns)), of: panelColumns) * panelColumns
    return ProductBlock(
      rows: rows, columns: columns, units: Self.blocks(m, of: rows) * Self.blocks(n, of: columns))
  }
  /// One thread computes whole register tiles, and few rows alone; several share even quarters of tiles evenly.
  private func rows(m: Int, n: Int, k: Int, threads: Int) -> Int {
    // Few columns are computed 64 rows at a time, four chains side by side.
    let step = n < 16 ? 64 : threads == 1 ? tileRows : 4
    if m < 2 * max(step, 24) { return 96 }
    let sharing = max(2, min(threads, m / 24))
    let rounds = Self.blocks(m, of: sharing * Self.mostRows(m: m, n: n, k: k, threads: threads))
    let shares = sharing * rounds
    return step == 4 ? Self.share(of: m, shares: shares) : Self.blocks(Self.blocks(m, of: shares), of: step) * step
  }
  /// Rows of each but the last of some shares: a multiple of four where that leaves as many shares.
  public static func share(of rows: Int, shares: Int) -> Int {
    let even = blocks(rows, of: shares), quarters = blocks(even, of: 4) * 4
    return blocks(rows, of: quarters) == blocks(rows, of: even) ? quarters : even
  }
  /// Some hundred rows; more where B is too long for the second cache and comes from farther for every block, and
  /// many more where units enough are left for the threads: two that share 1024 × 1024 × 1024 need 5.2 ms instead of
  /// 6.3.
  private static func mostRows(m: Int, n: Int, k: Int, threads: Int) -> Int {
    if k <= blockTerms { return 128 }
    return blocks(m, of: 512) * blocks(n, of: mostColumns) >= 4 * threads ? 512 : 192
  }
  /// More make no product faster: what a block reads of B stays in the second cache.
  public static let mostColumns = 256

  /// A copy of B is as much work as two rows of C: products of fewer rows than these do not copy it for themselves.
  public static let leastPackedRows = 24
  /// Whether `gemm` should be given a packed copy of B. `aRow` is the stride of A along m,
  /// `bColumn` that of B along n.
  public static func needsPacking(m: Int, n: Int, k: Int, aRow: Int, bColumn: Int) -> Bool {
    if n < 16, m >= 16, aRow == 1 { return false }
    if bColumn == 1, n % 16 == 0 { return false }
    return m * n * k > 1024
  }

  /// Whether `attentionGrad` has room for the slopes of a head of its own, and `attention` for copies.
  public static func keepsSlopes(places: Int, size: Int) -> Bool {
    places <= 240 && size <= 384 && places * (blocks(size, of: 16) * 16) <= 8192
  }
  /// Places of causal attention that are computed together: as many rows as the tallest tile has, or some of it.
  public static func attentionGroup(isNear: Bool) -> Int { isNear ? 12 : 96 }

  /// Whether `gemmTurned` is faster, for a B whose columns lie one behind the other: to pack the rows of A and to turn
  /// C round must be less than to pack B.
  public static func turns(m: Int, n: Int, k: Int) -> Bool {
    m >= leastPackedRows && m <= mostColumns && n >= 2 * m && n >= 128 && k >= 128
  }
  /// Columns of C that are a unit of `gemmTurned`.
  public func turnedBlock(m: Int, n: Int, k: Int, threads: Int) -> ProductBlock {
    let columns = Swift.min(rows(m: n, n: m, k: k, threads: threads), 192)
    return ProductBlock(rows: m, columns: columns, units: Self.blocks(n, of: columns))
  }

  static func blocks(_ count: Int, of size: Int) -> Int { (count + size - 1) / max(size, 1) }

  public init(
    level: String, panelColumns: Int, tileRows: Int, elementwise: Kernel, fill: Kernel,
    gemmPack: Kernel, gemm: Kernel, gemmTurned: Kernel, dot16: Kernel, sumLast: Kernel, sumRuns: Kernel,
    sumFirst: Kernel, sumColumnLanes: Kernel, sumColumns: Kernel, extreme: Kernel,
    softmax: Kernel, logSoftmax: Kernel,
    softmaxGrad: Kernel, logSoftmaxGrad: Kernel, layerNorm: Kernel, layerNormGrad: Kernel,
    attention: Kernel, attentionGrad: Kernel, nllLoss: Kernel, nllLossGrad: Kernel,
    crossEntropyLoss: Kernel, crossEntropyLossGrad: Kernel, mseLoss: Kernel, mseLossGrad: Kernel, bceWithLogits: Kernel,
    stridedCopy: Kernel, indexSelect: Kernel, indexAdd: Kernel, adam: Kernel, adamw: Kernel,
    sgd: Kernel, convRows: Int, padPlanes: Kernel, convPack: Kernel, conv: Kernel, convWeights: Kernel,
    addBlocks: Kernel, maxPool: Kernel, maxPoolGrad: Kernel
  ) {
    self.level = level
    self.panelColumns = panelColumns
    self.tileRows = tileRows
    self.elementwise = elementwise
    self.fill = fill
    self.gemmPack = gemmPack
    self.gemm = gemm
    self.gemmTurned = gemmTurned
    self.dot16 = dot16
    self.sumLast = sumLast
    self.sumRuns = sumRuns
    self.sumFirst = sumFirst
    self.sumColumnLanes = sumColumnLanes
    self.sumColumns = sumColumns
    self.extreme = extreme
    self.softmax = softmax
    self.logSoftmax = logSoftmax
    self.softmaxGrad = softmaxGrad
    self.logSoftmaxGrad = logSoftmaxGrad
    self.layerNorm = layerNorm
    self.layerNormGrad = layerNormGrad
    self.attention = attention
    self.attentionGrad = attentionGrad
    self.nllLoss = nllLoss
    self.nllLossGrad = nllLossGrad
    self.crossEntropyLoss = crossEntropyLoss
    self.crossEntropyLossGrad = crossEntropyLossGrad
    self.mseLoss = mseLoss
    self.mseLossGrad = mseLossGrad
    self.bceWithLogits = bceWithLogits
    self.stridedCopy = stridedCopy
    self.indexSelect = indexSelect
    self.indexAdd = indexAdd
    self.adam = adam
    self.adamw = adamw
    self.sgd = sgd
    self.convRows = convRows
    self.padPlanes = padPlanes
    self.convPack = convPack
    self.conv = conv
    self.convWeights = convWeights
    self.addBlocks = addBlocks
    self.maxPool = maxPool
    self.maxPoolGrad = maxPoolGrad
  }
}

/// How the result of a product is cut: rows and columns of a block, and how many blocks there are.
public struct ProductBlock: Hashable, Sendable {
  public var rows: Int
  public var columns: Int
  public var units: Int
}
