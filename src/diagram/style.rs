//! Faces and colours. No variables and no fonts of its own, so that programs that know little CSS show it, too.

use crate::library::Family;

use super::text::Face;

/// The title of the picture.
pub(super) const TITLE: Face = Face { size: 24.0, bold: true };
/// What the picture is about.
pub(super) const LEAD: Face = Face { size: 15.0, bold: false };
/// Names of services and groups.
pub(super) const NAME: Face = Face { size: 14.0, bold: true };
/// Everything else: 12 pixels where a picture of the greatest width (`layout::WIDEST`) is shown on 1280.
pub(super) const BODY: Face = Face { size: 13.5, bold: false };

/// The style sheet; every selector begins with the class of the picture, for pages that hold more than one.
pub(super) const SHEET: &str = "\
.atelier{font-family:Arial,'Liberation Sans','Helvetica Neue',Helvetica,sans-serif;font-size:13.5px}
.atelier text{fill:#5a6675}
.atelier .strong{fill:#16202c;font-size:14px;font-weight:700}
.atelier .title{fill:#16202c;font-size:24px;font-weight:700}
.atelier .lead{font-size:15px}
.atelier .ground{fill:#fff}
.atelier .card{fill:#fff;stroke:#d3dae3}
.atelier .outside .card{fill:#f3f5f8}
.atelier .region{fill:#f7f9fb;stroke:#c3ccd8}
.atelier .network{fill:#f4f1fc;stroke:#b5a3e6}
.atelier .public{fill:#edf7ef;stroke:#9ccfa8}
.atelier .private{fill:#ecf3fd;stroke:#9dbfec}
.atelier .plain{fill:#fff;stroke:#c3ccd8}
.atelier .part{fill:none;stroke:#a9b4c2;stroke-dasharray:4 3}
.atelier .rule{stroke:#dde3ea}
.atelier .wire{fill:none;stroke:#76859a;stroke-width:1.6}
.atelier .head{fill:#76859a}
.atelier .sign{fill:none;stroke:#fff;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
@media (prefers-color-scheme:dark){
.atelier text{fill:#a7b3c2}
.atelier .strong,.atelier .title{fill:#eef2f7}
.atelier .ground{fill:#0f151d}
.atelier .card{fill:#1d2733;stroke:#3a4859}
.atelier .outside .card{fill:#18212b}
.atelier .region{fill:#141c26;stroke:#3a4859}
.atelier .network{fill:#1d1a2e;stroke:#6a58a8}
.atelier .public{fill:#14251b;stroke:#3d6f4c}
.atelier .private{fill:#142236;stroke:#41689b}
.atelier .plain{fill:#18212b;stroke:#3a4859}
.atelier .part{stroke:#5d6b7c}
.atelier .rule{stroke:#2b3745}
.atelier .wire{stroke:#8b9bb0}
.atelier .head{fill:#8b9bb0}
}
";

/// The colour of a family's square.
pub(super) fn colour(family: Family) -> &'static str {
    match family {
        Family::Person => "#5f6b7a",
        Family::Internet => "#6b7a8d",
        Family::Ai => "#0f8a7e",
        Family::Compute => "#d1600a",
        Family::Function => "#d1600a",
        Family::Storage => "#4f8a10",
        Family::Database => "#2e63d6",
        Family::Integration => "#c7266f",
        Family::Network | Family::Public | Family::Private => "#7a4fd0",
        Family::Security => "#c93030",
        Family::Management => "#a83a8f",
        Family::Other => "#5f6b7a",
    }
}
