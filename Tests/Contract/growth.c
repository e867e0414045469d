/*
 * The check of a valid message allocates the same however many nodes it has: a list, a template, a carousel, contacts and
 * products with ten elements cost as many allocations as with two. Linked with the counting of Benchmarks/documents.
 */
#include "test.h"

unsigned long allocations(void);

#define HEAD "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+15550001234\","

/* Text behind text in a buffer that is long enough. */
static char *add(char *end, const char *text) { return strcpy(end, text) + strlen(text); }

/* A message whose element, with %d for its number, stands there `count` times. */
static const char *message(char *buffer, const char *head, const char *element, const char *tail, int count) {
  char one[512], *end = add(add(buffer, HEAD), head);
  int i;
  for (i = 0; i < count; i++) {
    snprintf(one, sizeof one, element, i, i); /* rows say it twice */
    end = add(i ? add(end, ",") : end, one);
  }
  add(end, tail);
  return buffer;
}

/* How often one check allocates; the first calls make the tables. */
static unsigned long allocated(const char *text) {
  unsigned long before = 0;
  int i;
  for (i = 0; i < 3; i++) {
    char *out = untouched();
    before = allocations();
    CHECK_STATUS(wabiz_message_check(text, NULL, &out), WABIZ_OK);
    before = allocations() - before;
    wabiz_free(out);
  }
  return before;
}

/* The counting counts, and two elements cost what ten cost. */
static void costs_the_same(const char *head, const char *element, const char *tail) {
  static char few[16384], many[16384];
  unsigned long two = allocated(message(few, head, element, tail, 2)), ten = allocated(message(many, head, element, tail, 10));
  CHECK(two > 0 && two < 30);
  CHECK_NUMBER(ten, two);
}

TEST(rows_of_a_list) {
  costs_the_same("\"type\":\"interactive\",\"interactive\":{\"type\":\"list\",\"body\":{\"text\":\"Pick\"},\"action\":{\"button\":\"Menu\",\"sections\":[{\"rows\":[",
                 "{\"id\":\"the-identifier-of-row-%d\",\"title\":\"The title of row %d\",\"description\":\"a description beyond fifteen bytes\"}", "]}]}}}");
}

TEST(parameters_of_a_template) {
  costs_the_same("\"type\":\"template\",\"template\":{\"name\":\"order_shipped\",\"language\":{\"code\":\"en_US\"},\"components\":[{\"type\":\"body\",\"parameters\":[",
                 "{\"type\":\"text\",\"text\":\"the value number %d of the template\"}", "]}]}}");
}

TEST(cards_of_a_template) {
  costs_the_same("\"type\":\"template\",\"template\":{\"name\":\"summer\",\"language\":{\"code\":\"en_US\"},\"components\":[{\"type\":\"carousel\",\"cards\":[",
                 "{\"card_index\":%d,\"components\":[{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"link\":\"https://example.com/pictures/a.png\"}}]},"
                 "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"0\",\"parameters\":[{\"type\":\"text\",\"text\":\"the-suffix-of-the-link\"}]}]}",
                 "]}]}}");
}

TEST(cards_of_a_carousel) {
  costs_the_same("\"type\":\"interactive\",\"interactive\":{\"type\":\"carousel\",\"body\":{\"text\":\"Pots\"},\"action\":{\"cards\":[",
                 "{\"card_index\":%d,\"type\":\"cta_url\",\"header\":{\"type\":\"image\",\"image\":{\"link\":\"https://example.com/pictures/a.png\"}},"
                 "\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Buy\",\"url\":\"https://example.com/pots/of/all/kinds\"}}}",
                 "]}}}");
}

TEST(cards_of_people) {
  costs_the_same("\"type\":\"contacts\",\"contacts\":[",
                 "{\"name\":{\"formatted_name\":\"Ada Example the Great %d\",\"first_name\":\"Ada\"},\"birthday\":\"1990-02-28\","
                 "\"phones\":[{\"phone\":\"+1 555 000 9999 extension\",\"wa_id\":\"15550009999\"}],\"emails\":[{\"email\":\"ada.lovelace@example.com\"}],"
                 "\"urls\":[{\"url\":\"https://example.com/people/ada\"}]}",
                 "]}");
}

TEST(products) {
  costs_the_same("\"type\":\"interactive\",\"interactive\":{\"type\":\"product_list\",\"header\":{\"type\":\"text\",\"text\":\"Pots\"},\"body\":{\"text\":\"Ours\"},"
                 "\"action\":{\"catalog_id\":\"111222333444\",\"sections\":[{\"title\":\"A\",\"product_items\":[",
                 "{\"product_retailer_id\":\"a-product-of-the-catalog-%d\"}", "]}]}}}");
}

int main(void) {
  RUN(rows_of_a_list);
  RUN(parameters_of_a_template);
  RUN(cards_of_a_template);
  RUN(cards_of_a_carousel);
  RUN(cards_of_people);
  RUN(products);
  FINISH("growth");
}
