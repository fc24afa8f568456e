"""Spreadsheets people keep: their subjects and typed columns.

Data only. `|` separates columns, `~` gives synonyms; `tables` reads the notation:
`@kind` a text maker, `#low..high` numbers (`.n` decimals), `=a,b` categories, `%` dates."""

# ruff: noqa: E501  A domain is a row of this table.

from __future__ import annotations

# subject in the plural : columns
DOMAINS = """
students: Student~student name @person | Grade~mark,score #40..100 | Status =Passed,Failed,Absent | Class =9A,9B,10A,10C | Attendance~days attended #10..180 | Fee~tuition #200..5000
students: Student Name @person | Math~maths marks #0..100 | Science~science marks #0..100 | English~english marks #0..100 | Total #50..300 | Result =Pass,Fail
employees: Employee~employee name,staff @person | Salary~pay,wage #1500..9000 | Department =Sales,Finance,HR,IT,Legal | Hours~working hours #10..60 | Bonus #0..2000 | Rating #1..5
employees: Emp ID~employee id @code | Surname~last name @person | Gender =M,F | Age #19..65 | Overtime~overtime hours #0..30 | Leave~leave days #0..40 | Tax #50..900 | Pension #20..500
orders: Order ID~order @code | Customer~client @person | Amount~order amount #20..9000 | Delivery =Worldwide,Domestic,Pickup | Order Date %date | Status =Shipped,Pending,Cancelled,Returned
orders: Order No~order number @code | Item~product @item | Qty~quantity #1..200 | Unit Price~price #1..300.2 | Discount #0..50 | Region =North,South,East,West
products: Product~product name @item | Qty Stock~stock,quantity in stock #0..400 | Price~selling price #1..900 | Sold~units sold #0..800 | Category =Grain,Fruit,Dairy,Meat,Drinks | Supplier @company
products: Item #~item number @code | Item Name~item @phrase | Qty.~quantity #0..400 | Selling Price~price #5..300 | Rating~review score #1..5.1 | In Stock~stock #0..300
sales: Region =North,South,East,West,Central | Salesrep~sales person @person | Sales~revenue #500..90000 | Profit #-500..9000 | Units~units sold #1..900 | Date %date
sales: City @place | Fee~fee generated #100..999 | Attendance #20..300 | Books Sold~number of books sold #10..250 | Visitors #50..5000
flights: Flight~flight number @code | Origin~departure city @place | Destination @place | Delay~delay minutes #0..240 | Passengers #40..400 | Airline @company | Gate @letter
players: Player~player name @person | Team @company | Goals #0..40 | Matches~games played #1..60 | Position =Forward,Defender,Midfield,Keeper | Height~height (cm) #150..210
teams: Team~team name @company | Wins #0..38 | Losses #0..38 | Points #0..114 | Played #1..38 | League =Premier,First,Second
patients: Patient~patient name @person | Age #1..95 | Weight~weight (kg) #40..140.1 | Blood Type =A+,B-,O+,AB | Temperature~body temperature #35..41.1 | Ward =ICU,Surgery,Maternity
tests: Sample ID~sample @code | Result =Positive,Negative,Inconclusive | Viral Load #0..9000 | Lab @company | Collected~collection date %date | Concentration #0..5.3
projects: Project~project name @phrase | Budget~project budget #1000..90000 | Spent~money spent #500..90000 | Status =On Hold,In Progress,Completed,Cancelled | Owner @person | Progress~percentage complete #0..100
tasks: Task~task name @phrase | Assignee~owner @person | Priority =High,Medium,Low | Completed?~completion =Completed,Not Started,Waiting | Due Date %date | Hours Spent~hours #1..80
inventory: SKU~sku code @code | Description~item description @phrase | Quantity~qty #0..900 | Reorder Level #5..100 | Warehouse =A1,B2,C3,D4 | Unit Cost~cost #1..400.2
items: Code~item code @code | Part~part name @item | Weight #1..90.1 | Length #1..300 | Defects~defect count #0..20 | Machine @letter
countries: Country @place | Population #1..1400 | GDP #10..20000.1 | Area #300..9000 | Continent =Asia,Europe,Africa,Oceania | Life Expectancy #50..85.1
cities: City @place | State @place | Rainfall~rain #0..900 | Temperature~temp #-20..45 | Humidity #10..100 | Elevation #0..4000
mountains: Mountain @phrase | Height (m)~height #1000..8848 | Country @place | First Ascent~year of first ascent #1800..1990 | Climbers #0..5000
books: Title~book @phrase | Author @person | Pages~number of pages #60..900 | Genre =Fiction,Poetry,History,Science | Copies~copies sold #10..9000 | Year #1950..2023
movies: Movie~movie title,film @phrase | Director @person | Rating~imdb rating #1..10.1 | Genre =Drama,Comedy,Horror,Action | Box Office #1..2000 | Runtime~running time #70..210
cars: Car~model @code | Make~brand @company | Mileage #0..200000 | Price #900..90000 | Fuel~fuel type =Petrol,Diesel,Electric,Hybrid | Horsepower~hp #60..500
houses: Address @phrase | Bedrooms~number of bedrooms #1..7 | Rent~monthly rent #300..4000 | Area (sqft)~area #200..5000 | Type =Apartment,Villa,Studio | Listed~listing date %date
bookings: ID~booking id @code | City @place | Room Type =private,apartment,shared | Guests #1..8 | Nights #1..21 | Price #40..600 | Rooms #0..5
invoices: Invoice~invoice number @code | Client~customer @company | Amount Due~amount,due amount #50..20000 | Paid~payment =Yes,No,Partly | Due Date %date | Days Late~days overdue #0..120
expenses: Date %date | Category =Travel,Food,Rent,Fuel | Expense~cost #5..3000 | Vendor @company | Approved =Yes,No | Reimbursed~reimbursement #0..3000
candidates: Candidate ID~candidate @code | Area =North,South,Urban,Rural | Gender =M,F | Age #18..60 | Result =Pass,Fail,Merit | Experience~years of experience #0..30
members: Name~member name @person | Target #10..500 | Achieved #10..500 | Percentage~percent of target #10..180 | Team @letter | Joined~joining date %date
classes: Course~course name @phrase | Teacher~instructor @person | Enrolled~enrolment #5..300 | Seats #10..300 | Level =Beginner,Advanced,Intermediate | Credits #1..8
surveys: Respondent @code | Satisfaction #1..10 | Recommend =Yes,No,Maybe | Comments @phrase | Age Group =18-25,26-40,41-60 | Score #0..100
shipments: Tracking~tracking number @code | Carrier @company | Weight (kg)~weight #1..90.1 | Destination @place | Status =Delivered,In Transit,Lost | Transit Days~days in transit #1..40
stocks: Ticker~symbol @ticker | Company @company | Close~closing price #1..900.2 | Volume #1000..900000 | Change~price change #-9..9.2 | Sector =Energy,Tech,Health,Utilities
animals: Animal @item | Species @word | Weight #1..900 | Lifespan #1..80 | Diet =Herbivore,Carnivore,Omnivore | Zone =A,B,C
recipes: Dish @phrase | Calories #50..1200 | Protein~protein content #0..90.1 | Cuisine =Indian,Italian,Thai | Prep Time~preparation time #5..120 | Servings #1..12
tickets: Ticket~ticket number @code | Severity =Critical,Major,Minor | Agent~assigned agent @person | Open Days~days open #0..90 | State =Open,Closed,Escalated | Replies~number of replies #0..40
machines: Machine~machine name @code | Output~units produced #10..2000 | Downtime~downtime hours #0..48.1 | Operator @person | Shift =Day,Night | Errors~error count #0..30
stores: Store~shop @company | January~january sales #100..9000 | February~february sales #100..9000 | March~march sales #100..9000 | City @place
states: States~state @place | Apr~april prices #1..90.1 | May~may prices #1..90.1 | Jun~june prices #1..90.1 | Zone =East,West
customers: Customer ID @code | Customer name~customer @person | Email-ID~email @email | Order ID @code | # of Items~number of items #1..30 | City @place
values: Values #0..300
values: Price #1..100.2
cities: City @place
dates: Date %date | Count #0..100
groups: Group 1~group @word | Sum~total #0..900
months: Month =Jan,Feb,Mar,Apr,May,Jun | Revenue~earnings #100..9000 | Cost~expenses #100..9000
runners: Runner @person | Time~finish time #9..60.1 | Distance #1..42 | Country @place | Club @company | Category =Senior,Junior,Veteran
crops: Crop @item | Yield #1..90.1 | Field @letter | Rainfall #0..500 | Harvested =Yes,No | Soil =Clay,Sand,Loam
"""
