// Images as [n, height, width, channels], torch's memory format `channels_last`: what the pass of that name makes of
// ops on images [n, channels, height, width]. Only the order of axes differs, no bit of any element.

package enum ChannelsLast {
  /// A truth; missing is false.
  package static let attribute = "channels_last"
  /// Permutations of the axes, from channels first and back to it.
  package static let there = [0, 2, 3, 1]
  package static let back = [0, 3, 1, 2]

  static func isSet(_ attributes: Attributes) -> Bool { attributes.bool(attribute) ?? false }
}

extension TensorType {
  /// With the axes in another order; as it is when their number is another.
  package func permuted(_ order: [Int]) -> TensorType {
    shape.rank == order.count ? TensorType(element, Shape(order.map { shape.dimensions[$0] })) : self
  }
}

extension OpDefinition {
  /// The op with the attribute `channels_last`, by which these operands, and its result if that is one, are images
  /// with their channels last. It has no gradient then.
  func alsoChannelsLast(images: [Int], resultIsImage: Bool) -> OpDefinition {
    let (rule, gradient) = (inferTypes, pullback)
    @Sendable func channelsFirst(_ operands: [TensorType], _ attributes: Attributes) -> [TensorType] {
      guard ChannelsLast.isSet(attributes) else { return operands }
      return operands.enumerated().map { images.contains($0) ? $1.permuted(ChannelsLast.back) : $1 }
    }
    let types: TypeRule = { operands, attributes throws(ShapeError) in
      let results = try rule(channelsFirst(operands, attributes), attributes)
      guard ChannelsLast.isSet(attributes) else { return results }
      return resultIsImage ? results.map { $0.permuted(ChannelsLast.there) } : results
    }
    let refusing: Pullback = { function, context throws(ShapeError) in
      guard !ChannelsLast.isSet(context.attributes), let gradient else {
        throw ShapeError("an operation with `channels_last` has no gradient")
      }
      return try gradient(&function, context)
    }
    let inPlace = inPlace
    let overwritten: InPlaceRule = { operands, attributes in inPlace?(channelsFirst(operands, attributes), attributes) }
    return OpDefinition(
      name: name, summary: summary, formula: formula, traits: traits, operandCount: operandCount,
      attributeNames: attributeNames + [ChannelsLast.attribute], inferTypes: types,
      pullback: gradient == nil ? nil : refusing,
      inPlace: inPlace == nil ? nil : overwritten,
      reference: reference.map { Self.channelsLast($0, images, resultIsImage: resultIsImage) })
  }

  private static func channelsLast(
    _ reference: @escaping Reference, _ images: [Int], resultIsImage: Bool
  ) -> Reference {
    { operands, attributes, types in
      guard ChannelsLast.isSet(attributes) else { return reference(operands, attributes, types) }
      var first = operands
      for index in images where index < operands.count { first[index] = operands[index].permuted(ChannelsLast.back) }
      guard resultIsImage else { return reference(first, attributes, types) }
      let results = reference(first, attributes, types.map { $0.permuted(ChannelsLast.back) })
      return results.map { $0.permuted(ChannelsLast.there) }
    }
  }
}

extension ReferenceTensor {
  /// Its axes in another order.
  func permuted(_ order: [Int]) -> ReferenceTensor {
    let strides = sizes.indices.map { sizes[($0 + 1)...].reduce(1, *) }
    let moved = order.map { sizes[$0] }
    let offsets = ReferenceTensor.offsets(moved, order.map { strides[$0] })
    return ReferenceTensor(moved, offsets.map { values[$0] })
  }
}
