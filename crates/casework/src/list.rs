//! Pages of a list. A cursor is the row number under the permutation of public ids, so it says nothing and cannot be
//! made up.

use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::page::{Cursor, Page, PageQuery};
use protocol::problem::ProblemType;
use store::PublicIds;

use crate::Refusable;

/// Why a page of a list cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListRefusal {
    /// The cursor is not one that the service gave.
    #[error("the cursor is not one of ours")]
    UnknownCursor,
}

impl Refusable for ListRefusal {
    fn refused(&self) -> Refused {
        Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError::new("query:cursor", FieldErrorCode::InvalidFormat)],
        }
    }
}

/// Where in a list to go on: after or before this row, and how many rows to read (one more than asked, to know whether
/// there is a next page).
pub(crate) struct Place {
    pub(crate) row: i64,
    pub(crate) limit: i64,
}

/// The place a query names, or `start` for the first page.
pub(crate) fn place(query: &PageQuery, ids: &PublicIds, start: i64) -> Result<Place, ListRefusal> {
    let row = match &query.cursor {
        None => start,
        Some(cursor) => {
            let Id(cursor) = cursor.as_str().parse().map_err(|_| ListRefusal::UnknownCursor)?;
            ids.parse_cursor(cursor).ok_or(ListRefusal::UnknownCursor)?
        }
    };
    Ok(Place {
        row,
        limit: i64::from(query.limit) + 1,
    })
}

/// A page of these rows, and the cursor behind the last one shown when there are more.
pub(crate) fn page<Row, T>(
    mut rows: Vec<Row>,
    query: &PageQuery,
    ids: &PublicIds,
    row_number: impl Fn(&Row) -> i64,
    item: impl Fn(Row) -> T,
) -> Page<T> {
    let more = rows.len() > usize::from(query.limit);
    rows.truncate(usize::from(query.limit));
    let next = rows.last().filter(|_| more).and_then(|last| {
        Id(ids.cursor(row_number(last)))
            .to_string()
            .parse::<Cursor>()
            .ok()
    });
    Page {
        items: rows.into_iter().map(item).collect(),
        next,
    }
}

/// The same, of rows that may turn out to be unreadable.
///
/// # Errors
/// That of the first item.
pub(crate) fn try_page<Row, T, E>(
    rows: Vec<Row>,
    query: &PageQuery,
    ids: &PublicIds,
    row_number: impl Fn(&Row) -> i64,
    item: impl Fn(Row) -> Result<T, E>,
) -> Result<Page<T>, E> {
    let page = page(rows, query, ids, row_number, item);
    Ok(Page {
        items: page.items.into_iter().collect::<Result<_, _>>()?,
        next: page.next,
    })
}
