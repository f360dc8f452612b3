use super::Row;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Query.room",
        document: "query($room: ID!) { room(id: $room) { name hours { weekday } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.rooms",
        document: "query($studio: ID!) { rooms(studio: $studio) { nodes { name } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.equipmentItem",
        document: "query($equipment: ID!) { equipmentItem(id: $equipment) { name } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.equipmentItems",
        document: "query($studio: ID!) { equipmentItems(studio: $studio) { nodes { name } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.booking",
        document: "query($booking: ID!) { booking(id: $booking) { state room { name } events { act } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.bookings",
        document: "query($studio: ID!) { bookings(studio: $studio) { nodes { when party { name } people { role } } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Query.bookingSeries",
        document: "query($bookingSeries: ID!) { bookingSeries(id: $bookingSeries) { bookings { state } } }",
        expected: "- 0 + + + x x + x -",
    },
    Row {
        field: "Query.calendarFeeds",
        document: "query($studio: ID!) { calendarFeeds(studio: $studio) { nodes { url } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.bookableRooms",
        document: "query($slug: String!) { bookableRooms(studio: $slug) { name equipment { name } } }",
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.createRoom",
        document: r#"mutation($studio: ID!) { createRoom(input: { studio: $studio, name: "Room B", timeZone: "Europe/Berlin" }) { room { slug } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updateRoom",
        document: r#"mutation($room: ID!) { updateRoom(input: { room: $room, description: "The large one" }) { room { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.setRoomException",
        document: r#"mutation($room: ID!) { setRoomException(input: { room: $room, on: "2027-12-25" }) { exception { on } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.removeRoomException",
        document: r#"mutation($room: ID!) { removeRoomException(input: { room: $room, on: "2027-12-25" }) { removed userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.createEquipment",
        document: r#"mutation($studio: ID!) { createEquipment(input: { studio: $studio, name: "LA-2A", category: "compressor" }) { equipment { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.updateEquipment",
        document: r#"mutation($equipment: ID!) { updateEquipment(input: { equipment: $equipment, name: "U 87 Ai" }) { equipment { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.createBooking",
        document: r#"mutation($room: ID!) { createBooking(input: { room: $room, time: { startsAt: "2027-01-04T10:00:00Z", minutes: 120 }, outsideHours: true }) { booking { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.createBookingSeries",
        document: r#"mutation($room: ID!) { createBookingSeries(input: { first: { room: $room, time: { startsAt: "2027-02-01T10:00:00Z", minutes: 120 }, outsideHours: true }, count: 2 }) { series { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.cancelBookingSeries",
        document: "mutation($bookingSeries: ID!) { cancelBookingSeries(input: { series: $bookingSeries }) { cancelled { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.confirmBooking",
        document: "mutation($booking: ID!) { confirmBooking(input: { booking: $booking }) { booking { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.moveBooking",
        document: r#"mutation($booking: ID!) { moveBooking(input: { booking: $booking, time: { startsAt: "2027-03-01T10:00:00Z", minutes: 60 }, outsideHours: true }) { booking { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.changeBooking",
        document: r#"mutation($booking: ID!) { changeBooking(input: { booking: $booking, notes: "Bring the tapes" }) { booking { id } userErrors { code } } }"#,
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.markNoShow",
        document: "mutation($booking: ID!) { markNoShow(input: { booking: $booking }) { booking { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.cancelBooking",
        document: "mutation($booking: ID!) { cancelBooking(input: { booking: $booking }) { booking { id } userErrors { code } } }",
        expected: "- ? + + + x x + x -",
    },
    Row {
        field: "Mutation.requestBooking",
        document: r#"mutation($studio: ID!, $room: ID!) { requestBooking(input: { studio: $studio, room: $room, time: { startsAt: "2027-01-05T10:00:00Z", minutes: 120 }, name: "Eve", email: "eve@example.com", seen: { minor: 10000, currency: "EUR" } }) { heldUntil userErrors { code } } }"#,
        expected: "+ + + + + + + + + +",
    },
    Row {
        field: "Mutation.createCalendarFeed",
        document: "mutation($studio: ID!) { createCalendarFeed(input: { studio: $studio }) { feed { url } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.revokeCalendarFeed",
        document: "mutation($feed: ID!) { revokeCalendarFeed(input: { feed: $feed }) { feed { revokedAt } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
];
