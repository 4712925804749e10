//! Pages of a list. A cursor is a place in one list of one organisation, hidden and sealed, so it says nothing, cannot
//! be made up, and opens no other list and nobody else's.

use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::page::{Cursor, Page, PageQuery};
use protocol::problem::ProblemType;
use store::{Party, Tx};

use crate::Refusable;

/// Why a page of a list cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListRefusal {
    /// The cursor is not one that the service gave this organisation for this list.
    #[error("the cursor is not one of ours for this list")]
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

/// A list of the organisation that reads it.
pub(crate) struct List<'a> {
    tx: &'a Tx<'a, Party>,
    context: Vec<u8>,
}

/// Where in a list to go on: after or before this row, and how many rows to read (one more than asked, to know whether
/// there is a next page).
pub(crate) struct Place {
    pub(crate) row: i64,
    pub(crate) limit: i64,
}

impl<'a> List<'a> {
    /// The list of this name. The name stands in no answer; another name makes every cursor given out worthless.
    pub(crate) fn of(tx: &'a Tx<'a, Party>, name: &str) -> Self {
        Self::within(tx, name, &[])
    }

    /// The list of this name that hangs on something: what is asked of it beside the page.
    pub(crate) fn within(tx: &'a Tx<'a, Party>, name: &str, asked: &[u8]) -> Self {
        let organisation = tx.organisation().map_or(0, |organisation| organisation.0);
        let context = [name.as_bytes(), &[0], &organisation.to_be_bytes(), asked].concat();
        Self { tx, context }
    }

    /// The place a query names, or `start` for the first page.
    pub(crate) fn place(&self, query: &PageQuery, start: i64) -> Result<Place, ListRefusal> {
        let row = match &query.cursor {
            None => start,
            Some(cursor) => {
                let [row] = self.open(cursor)?;
                row
            }
        };
        Ok(Place {
            row,
            limit: i64::from(query.limit) + 1,
        })
    }

    /// The numbers that a cursor of this list stands for.
    pub(crate) fn open<const N: usize>(&self, cursor: &Cursor) -> Result<[i64; N], ListRefusal> {
        let sealed = cursor.bytes().ok_or(ListRefusal::UnknownCursor)?;
        let place = self.tx.ids().places().open(&self.context, &sealed);
        place.ok_or(ListRefusal::UnknownCursor)
    }

    /// A cursor of this list that stands for these numbers.
    pub(crate) fn cursor(&self, place: &[i64]) -> Cursor {
        Cursor::of(&self.tx.ids().places().seal(&self.context, place))
    }

    /// A page of these rows, and the cursor behind the last one shown when there are more.
    pub(crate) fn page<Row, T>(
        &self,
        mut rows: Vec<Row>,
        query: &PageQuery,
        row_number: impl Fn(&Row) -> i64,
        item: impl Fn(Row) -> T,
    ) -> Page<T> {
        let more = rows.len() > usize::from(query.limit);
        rows.truncate(usize::from(query.limit));
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| self.cursor(&[row_number(last)]));
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
        &self,
        rows: Vec<Row>,
        query: &PageQuery,
        row_number: impl Fn(&Row) -> i64,
        item: impl Fn(Row) -> Result<T, E>,
    ) -> Result<Page<T>, E> {
        let page = self.page(rows, query, row_number, item);
        Ok(Page {
            items: page.items.into_iter().collect::<Result<_, _>>()?,
            next: page.next,
        })
    }
}
