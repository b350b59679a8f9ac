"""Sentence frames of orders and bookings, in every order of mention."""

FRAMES: tuple[str, ...] = (
    "Please send {quantity} units of the {product} to our site in {city} on {date}; the order is for {customer}.",
    "{customer} would like to order {quantity} pieces of the {product}, to be brought to {city} by {date}.",
    "On {date} we need the {product} in {city}, {quantity} of them in total, all booked under the name {customer}.",
    "Could you put {quantity} of the {product} aside for {customer}, who will collect them in {city} on {date}?",
    "This is an order from {customer}: the product is the {product}, we take {quantity}, and it goes to {city} "
    "on {date}.",
    "For {customer} in {city}, please book {quantity} pieces of the {product} and have them there by {date}.",
    "I spoke to {customer} this morning, and they want {quantity} units of the {product} in {city} no later "
    "than {date}.",
    "The {product} has won us over, so {customer} now orders {quantity} of it for the branch in {city}, due on {date}.",
    "Our people in {city} expect {quantity} boxes of the {product} on {date}, and the bill should go to {customer}.",
    "By {date}, {customer} has to have {quantity} pieces of the {product} in its store in {city}.",
    "We are opening a new shop in {city} on {date}. Please reserve {quantity} units of the {product} for {customer}.",
    "Kindly note a new order for the {product}. Number of pieces: {quantity}. It is meant for {customer} and should "
    "reach {city} on {date}.",
    "{quantity} units of the {product} are needed in {city}. The buyer is {customer} and the day of arrival "
    "should be {date}.",
    "In {city}, {customer} is waiting for the {product}: please plan for {quantity} pieces and a delivery on {date}.",
    "Put me down for {quantity} of the {product}, please. I write for {customer}, we are in {city} and would like it "
    "on {date}.",
    "I am writing for {customer} to buy the {product}, {quantity} pieces, delivered to our door in {city} on {date}.",
    "Would it be possible to have {quantity} pieces of the {product} in {city} on {date}? The order comes from "
    "{customer}.",
    "As agreed on the phone, {customer} takes {quantity} units of the {product}. Please ship them on {date} to {city}.",
    "Ship on {date}, please. It is the {product} again, {quantity} pieces this time, for {customer} at the "
    "address in {city}.",
    "The delivery to {city} should hold {quantity} pieces of the {product}. It is ordered by {customer} and wanted "
    "for {date}.",
    "Our buyer {customer} has chosen the {product}. We want it in {city} from {date} on, and we need {quantity} "
    "of them.",
    "{date} would be the best day for us in {city}. Please bring {quantity} units of the {product} and ask for "
    "{customer} at the gate.",
    "A customer called {customer} rang from {city} and ordered the {product}, {quantity} pieces, for {date}.",
    "Once more the {product} for {customer}: make it {quantity} this time, bring it to {city}, and do so on {date}.",
    "It would suit {customer} to get the first {quantity} units of the {product} on {date}, straight to the depot "
    "in {city}.",
    "To {city}, please, with the name {customer} on the box: {quantity} pieces of the {product}, to arrive on {date}.",
)
SHORT_FRAMES: tuple[str, ...] = (
    "{customer}, {city}: {quantity} x {product}, {date}.",
    "{quantity} {product} to {city} on {date}. {customer}",
    "Order {product}, {quantity} pieces, {customer}, {city}, {date}.",
    "{date}, {city}, {customer} - {product}, {quantity} of them.",
    "{customer} wants {quantity} {product} in {city} {date}",
)
EXTRAS: tuple[str, ...] = (
    "Our last order was {order} and it came without any trouble.",
    "You may call us under {phone} if the gate is closed.",
    "The reference for your files is {order}.",
    "We had thought about the {other_product} first, but it is too large for us.",
    "The price that you quoted was {amount} and we accept it.",
    "Our own number for it is {order}.",
)
MIX_UPS: tuple[str, ...] = (
    "The earlier plan for {other_city} is off the table, so forget it.",
    "We no longer need the {other_product}, only what I name here.",
    "Do not mix it up with the order from {other_customer}, that is a different house.",
    "{other_date} was our first idea, but that day does not work for us.",
    "Our old order over {other_quantity} pieces is done and paid.",
    "While I am writing: the invoice for {order} still shows the wrong tax.",
    "By the way, who looks after {other_city} on your side now?",
)
