//! A symbol for each family: strokes in a square of 24.

use crate::library::Family;

/// The path of a family's symbol.
pub(super) fn glyph(family: Family) -> &'static str {
    match family {
        Family::Person => "M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8ZM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
        Family::Internet => "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18ZM3 12h18M12 3c5 5.5 5 12.5 0 18c-5-5.5-5-12.5 0-18Z",
        Family::Ai => "M11 3.5l2 6 6 2-6 2-2 6-2-6-6-2 6-2ZM18.5 3v4M16.5 5h4",
        Family::Compute => {
            "M7 7h10v10h-10ZM10 7v-3.5M14 7v-3.5M10 20.5v-3.5M14 20.5v-3.5M3.5 10h3.5M3.5 14h3.5M17 10h3.5M17 14h3.5"
        }
        Family::Function => "M6 4h3.5l7.5 16h2.5M11.3 9.5l-5.3 10.5",
        Family::Storage => {
            "M4 6c0-1.5 3.5-2.5 8-2.5s8 1 8 2.5-3.5 2.5-8 2.5-8-1-8-2.5ZM4 6l2 12.5c.3 1.2 2.7 2 6 2s5.7-.8 6-2l2-12.5"
        }
        Family::Database => {
            "M5 6c0-1.5 3-2.5 7-2.5s7 1 7 2.5-3 2.5-7 2.5-7-1-7-2.5ZM5 6v12c0 1.5 3 2.5 7 2.5s7-1 7-2.5v-12M5 12c0 1.5 3 2.5 7 2.5s7-1 7-2.5"
        }
        Family::Integration => "M3.5 8h13M13 4l4 4-4 4M20.5 16h-13M11 12l-4 4 4 4",
        Family::Network | Family::Public | Family::Private => {
            "M9.5 3.5h5v5h-5ZM3 15.5h5v5h-5ZM16 15.5h5v5h-5ZM12 8.5v3.5M5.5 15.5v-3.5h13v3.5"
        }
        Family::Security => {
            "M12 3l7.5 2.8v5.7c0 4.5-3 7.6-7.5 9.5c-4.5-1.9-7.5-5-7.5-9.5v-5.7ZM8.8 11.8l2.4 2.4 4.2-4.6"
        }
        Family::Management => "M4 20h16M6 16.5v-4M11 16.5v-9M16 16.5v-6.5",
        Family::Other => "M5 5h14v14h-14ZM9 12h6",
    }
}
