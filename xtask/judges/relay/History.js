// What an app on Relay would write: a customer's history, page by page, from either end.
import { graphql } from "relay-runtime";

export const query = graphql`
  query HistoryQuery($id: ID!) {
    customer(id: $id) {
      id
      name
      ...History_customer
    }
    node(id: $id) {
      ... on Customer {
        tierChanges(first: 5) {
          nodes {
            direction
          }
        }
      }
    }
  }
`;

export const fragment = graphql`
  fragment History_customer on Customer
  @refetchable(queryName: "HistoryPageQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
    filter: { type: "HistoryFilter" }
  ) {
    history(first: $first, after: $after, last: $last, before: $before, filter: $filter)
      @connection(key: "History_history", filters: ["filter"]) {
      edges {
        node {
          id
          kind
          occurredAt
          ... on Accumulation {
            lines {
              amount
              reward {
                name
              }
            }
          }
          ... on TierChange {
            from {
              name
            }
            to {
              name
            }
          }
        }
      }
    }
  }
`;
