import Foundation
import SwiftASN1

/// The two forms of time in certificates and lists: `UTCTime` up to 2049, `GeneralizedTime` from then on.
enum ListTime {
    static func serialize(_ date: Date, into serializer: inout DER.Serializer) throws {
        let time = CivilTime(date)
        if time.year < 2050 {
            try serializer.serialize(
                UTCTime(
                    year: time.year, month: time.month, day: time.day, hours: time.hour, minutes: time.minute,
                    seconds: time.second))
        } else {
            try serializer.serialize(
                GeneralizedTime(
                    year: time.year, month: time.month, day: time.day, hours: time.hour, minutes: time.minute,
                    seconds: time.second, fractionalSeconds: 0))
        }
    }

    static func date(of node: ASN1Node) throws -> Date {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            return CivilTime(
                year: time.year, month: time.month, day: time.day, hour: time.hours, minute: time.minutes,
                second: time.seconds
            ).date
        }
        let time = try GeneralizedTime(derEncoded: node)
        return CivilTime(
            year: time.year, month: time.month, day: time.day, hour: time.hours, minute: time.minutes,
            second: time.seconds
        ).date
    }
}
